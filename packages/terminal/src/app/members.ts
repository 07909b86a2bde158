import type { Member, Room } from "@confab/client";

const MENTION = /(?:^|[\s(])@([\p{L}\p{N}._-]+)/gu;
const EVERYONE = "all";

/** The members of each room, as far as they have been requested: for names after `@`. */
export class MemberNames {
  readonly #known = new Map<string, readonly Member[]>();

  /** Returns the members. Requests them the first time, and when their number has changed. */
  async list(room: Room): Promise<readonly Member[]> {
    const known = this.#known.get(room.id);
    return known?.length === room.info.get().memberCount ? known : this.#ask(room);
  }

  /** Adds members that another request has returned. */
  learn(room: Room, members: readonly Member[]): void {
    this.#known.set(room.id, members);
  }

  /** Returns the ids of the members mentioned with `@` in a text. Requests the members again if a handle is unknown. */
  async mentionsIn(room: Room, text: string): Promise<readonly string[]> {
    const named = new Set(Array.from(text.matchAll(MENTION), ([, handle = ""]) => trimHandle(handle)));
    if (named.size === 0) return [];
    const everyone = named.delete(EVERYONE) && mayMentionAll(room) ? [EVERYONE] : [];
    const idsAmong = (members: readonly Member[]): readonly string[] =>
      members.filter(({ user }) => named.has(user.handle.toLowerCase())).map(({ userId }) => userId);
    const found = idsAmong(this.#known.get(room.id) ?? []);
    return [...(found.length === named.size ? found : idsAmong(await this.#ask(room))), ...everyone];
  }

  async #ask(room: Room): Promise<readonly Member[]> {
    const members = await room.members();
    this.learn(room, members);
    return members;
  }
}

/** `@ada.` at the end of a sentence means ada. */
function trimHandle(handle: string): string {
  return handle.toLowerCase().replace(/[.-]+$/, "");
}

function mayMentionAll(room: Room): boolean {
  const role = room.info.get().self?.role;
  return role === "owner" || role === "moderator";
}
