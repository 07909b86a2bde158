import { expired, gone, noRoom, type Outcome, revoked, signIn } from "../answers.ts";

/** The relations of a caller to a room. From `system moderator` on, the caller is not in it. */
export const standings = [
  "guest session",
  "outsider",
  "invited",
  "member",
  "muted",
  "moderator",
  "owner",
  "banned",
  "system moderator",
  "admin",
  "service",
] as const;

export type Standing = (typeof standings)[number];

/** A caller without valid proof gets the same answer to every call, even with a token of the room's owner. */
export const unproven = { anonymous: signIn, expired, suspended: revoked } as const satisfies Record<
  string,
  Outcome
>;

export type Unproven = keyof typeof unproven;

/** Rooms are groups, open to all where they are public, except where it is said. */
export const roomKinds = [
  "public",
  "public, by knocking",
  "public, by invitation",
  "private",
  "direct",
  "direct, unwanted",
  "direct, alone",
  "missing",
] as const;

export type RoomKind = (typeof roomKinds)[number];

/** `–`: nobody stands so in such a room. */
export type Cell = Outcome | "–";

/** The call, the room, and what each is answered, in the order of `standings`. */
export type RoomRow = readonly [
  call: string,
  room: RoomKind,
  guestSession: Cell,
  outsider: Cell,
  invited: Cell,
  member: Cell,
  muted: Cell,
  moderator: Cell,
  owner: Cell,
  banned: Cell,
  systemModerator: Cell,
  admin: Cell,
  service: Cell,
];

/** The rows of each service, by its full name. */
export type RoomTable = Readonly<Record<string, readonly RoomRow[]>>;

/** The answer to every call on a deleted room: only its former members learn that it was deleted. */
export const deletedRoom = {
  "guest session": noRoom,
  outsider: noRoom,
  invited: gone,
  member: gone,
  muted: gone,
  moderator: gone,
  owner: gone,
  banned: noRoom,
  "system moderator": noRoom,
  admin: gone,
  service: gone,
} as const satisfies Record<Standing, Outcome>;

/** The answer that a row has for a caller with this relation. */
export function cellOf(row: RoomRow, standing: Standing): Cell {
  const [, , ...cells] = row;
  const cell = cells[standings.indexOf(standing)];
  if (cell === undefined) throw new Error(`${row[0]} has no answer for ${standing}`);
  return cell;
}
