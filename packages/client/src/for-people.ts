import type { Permission } from "./rooms/room-info.ts";

/** Says what each permission lets a member do. */
const deeds = {
  read: "read",
  post: "write",
  react: "react",
  "edit-own": "change your messages",
  "delete-own": "delete your messages",
  "delete-any": "delete others' messages",
  pin: "pin messages",
  "mention-all": "mention everybody",
  invite: "invite people",
  "manage-members": "remove, mute or ban others, or change their roles",
  "manage-room": "change the settings",
} as const satisfies Readonly<Record<Permission, string>>;

/** Fields of the contract, for which the last word of the name would not do. */
const fieldWords: Readonly<Record<string, string>> = {
  user_name: "the name",
  "user.handle": "the handle",
  user_ids: "the list of people",
  "member.muted_until_time": "the end of the mute",
};

const permissions = Object.keys(deeds).join("|");
const FIELD =
  /^(?:[a-z]+(?:[._][a-z_]+)+|text|query|emoji|password|reason)(?= (?:is|has|must|contains|looks)\b)/;

/** Sentences of the server's about a member, each with one to the user. The rest of the sentence stays. */
const sentences: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^this takes the permission ([A-Z_]+), which is not given in this room/, (_, name) => mayNot(name)],
  [new RegExp(`^(${permissions}) is denied to this member`), (_, name) => mayNot(name)],
  [new RegExp(`^this room's policy does not let the role \\w+ (${permissions})`), (_, name) => mayNot(name)],
  [
    new RegExp(`^(${permissions}) is given only by who has it`),
    (_, name) => `you don't have the right to ${deedOf(name)} here, so you can't give it`,
  ],
  [
    /^who stands as (\w+) here can't give the role (\w+)/,
    (_, own = "", role = "") => `as ${own} you can't give the role ${role} here`,
  ],
  [
    /^this user is (\w+) here: only who stands above may do that/,
    (_, role = "") => `they are ${role} here: only somebody of a higher role may do that`,
  ],
  [
    /^of one's own membership one may only lower the role, or leave/,
    () => "of yourself you can only lower the role here, or leave",
  ],
  [/^(muted|banned) (?=in|from)/, (_, state = "") => `you are ${state} `],
  [/^not a member/, () => "you are not a member"],
  [/^a member may post/, () => "you may write"],
  [/^sign in first: .*/, () => "sign in first"],
  [/^this call is for/, () => "this is for"],
  [FIELD, (field) => wordsOf(field)],
];

/** Turns an error's message for developers into one for people: no names of fields and permissions. */
export function forPeople(message: string): string {
  for (const [pattern, change] of sentences) {
    if (pattern.test(message)) return message.replace(pattern, change);
  }
  return message;
}

function mayNot(permission: string | undefined): string {
  return `you may not ${deedOf(permission)} in this room`;
}

function deedOf(permission = ""): string {
  const name = permission.toLowerCase().replace("_", "-");
  const words: Readonly<Record<string, string>> = deeds;
  return words[name] ?? name.replace("-", " ");
}

function wordsOf(field = ""): string {
  const last = field.split(".").at(-1) ?? field;
  return fieldWords[field] ?? `the ${last.replaceAll("_", " ")}`;
}
