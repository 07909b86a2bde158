import type { Role, Room } from "@confab/client";
import { durationIn } from "../commands/duration.ts";
import { momentName } from "../text/times.ts";
import { type ChatContext, EntryError, type Handler, needRoom } from "./chat-context.ts";
import { memberNamed, type NamedMember } from "./find-people.ts";

const MUTE_MS = 60 * 60_000;
const roles = ["guest", "member", "moderator", "owner"] as const satisfies readonly Role[];

/** Commands by which owners and moderators keep order in a room. */
export const moderationCommands = {
  kick: async (context, argument) => {
    const { room, name, rest, userId } = await named(context, argument, { example: "/kick ada off topic" });
    await room.remove(userId, { reason: rest });
    return `${name} is removed from ${room.info.get().title}`;
  },

  ban: async (context, argument) => {
    const { room, name, rest, userId } = await named(context, argument, { example: "/ban ada spam" });
    await room.updateMember(userId, { state: "banned", reason: rest });
    return `${name} is banned from ${room.info.get().title}: /unban ${name} lifts that`;
  },

  unban: async (context, argument) => {
    const { room, name, userId } = await named(context, argument, { example: "/unban ada", state: "banned" });
    await room.updateMember(userId, { state: "left" });
    return `${name} may come back to ${room.info.get().title}`;
  },

  mute: async (context, argument) => {
    const { room, name, rest, userId } = await named(context, argument, { example: "/mute ada 10m spam" });
    const [, word = "", reason = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
    const durationMs = durationIn(word);
    const mutedUntil = new Date(Date.now() + (durationMs ?? MUTE_MS));
    await room.updateMember(userId, { mutedUntil, reason: durationMs === null ? rest : reason });
    return `${name} can only read here until ${momentName(mutedUntil, new Date())}: /unmute ${name} ends that`;
  },

  unmute: async (context, argument) => {
    const { room, name, userId } = await named(context, argument, { example: "/unmute ada" });
    await room.updateMember(userId, { mutedUntil: null });
    return `${name} may write again`;
  },

  role: async (context, argument) => {
    const example = "/role ada moderator";
    const { room, name, rest, userId } = await named(context, argument, { example });
    const role = roles.find((each) => each === rest.toLowerCase());
    if (!role) throw new EntryError(`say which role: ${example}; the others are guest, member and owner`);
    await room.updateMember(userId, { role });
    return `${name} is ${role} of ${room.info.get().title} now`;
  },
} as const satisfies Readonly<Record<string, Handler>>;

/** Reads the person, of whom the argument says more behind the name. */
async function named(
  context: ChatContext,
  argument: string,
  { example, state = "joined" }: { readonly example: string; readonly state?: "joined" | "banned" },
): Promise<NamedMember & { readonly room: Room }> {
  const room = needRoom(context);
  if (argument === "") throw new EntryError(`say whom: ${example}`);
  return { room, ...(await memberNamed(context, argument, await room.members({ state }))) };
}
