import { type Access, forPeople, type Permission } from "@confab/client/core";
import { sentence } from "../text/error-words.ts";
import { withLocalTimes } from "../text/times.ts";

/** The questions that may be asked about somebody, in the order of the menu. */
export const questions = {
  read: "read the messages",
  post: "write messages",
  react: "react to messages",
  "edit-own": "change their own messages",
  "delete-own": "delete their own messages",
  "delete-any": "delete others' messages",
  pin: "pin messages",
  "mention-all": "mention everybody",
  invite: "invite people",
  "manage-members": "remove, mute or ban others, or change roles",
  "manage-room": "change the room's settings",
} as const satisfies Record<Permission, string>;

/** Says what each rule of the server looks at. */
const rules: Readonly<Record<string, string>> = {
  "account-active": "The account",
  "room-visible": "The room may be known",
  "room-deleted": "The room exists",
  "direct-room": "Direct messages stay among their people",
  "room-closed": "Somebody is there to read it",
  "system-role": "Role on this server",
  banned: "Bans",
  "room-seen": "The room may be seen",
  "joined-already": "Already in the room",
  invited: "Invitations",
  "join-rule": "Who may join",
  membership: "Being in the room",
  "direct-messages": "Who may write to whom",
  muted: "Mutes",
  "member-deny": "What is taken from this member",
  "slow-mode": "Slow mode",
  "required-likes": "Reactions that are needed",
  "member-allow": "What is given to this member",
  "room-policy": "The room's rules for the role",
  "role-default": "The role in the room",
  "nothing-grants": "No rule allows it",
};

/** One rule that the server considered. */
export interface TraceStep {
  readonly rule: string;
  readonly verdict: "passes" | "allows" | "denies";
  /** The grounds, as a sentence; empty if the rule left the question to the next one. */
  readonly because: string;
}

/** Reads the trace of an answer, in words for people. */
export function traceOf({ trace }: Pick<Access, "trace">, now: Date): readonly TraceStep[] {
  return trace.map((line) => {
    const [, rule = line, verdict = "passes", because = ""] =
      /^([\w-]+): (passes|allows|denies)(?:, (.*))?$/s.exec(line) ?? [];
    return {
      rule: rules[rule] ?? sentence(rule.replaceAll("-", " ")).replace(/\.$/, ""),
      verdict: verdict === "allows" || verdict === "denies" ? verdict : "passes",
      because: because === "" ? "" : sentence(withLocalTimes(groundsOf(because), now)),
    };
  });
}

/** The SDK's words speak to the user themselves; the question may be about another. */
function groundsOf(because: string): string {
  const missing = /^this takes the permission ([A-Z_]+), which is not given in this room/.exec(because)?.[1];
  if (missing !== undefined) return `neither the role nor the room gives this right`;
  const policy = /^(?:the role (\w+) of a \w+ room may|this room's policy lets the role (\w+)) [\w-]+$/.exec(
    because,
  );
  if (policy) return `the role ${policy[1] ?? policy[2]} has this right here`;
  const refused = /^this room's policy does not let the role (\w+) [\w-]+$/.exec(because)?.[1];
  if (refused !== undefined) return `the room does not give this right to the role ${refused}`;
  const entry = /^[\w-]+ is (denied|allowed) to this member (.*)$/.exec(because);
  if (entry) return `${entry[1] === "denied" ? "taken from" : "given to"} this member ${entry[2]}`;
  return /^(muted|banned|not a member|a member may post)/.test(because) ? because : forPeople(because);
}
