import assert from "node:assert/strict";
import { test } from "node:test";
import { forPeople } from "./for-people.ts";

const pairs = [
  [
    "this takes the permission MANAGE_MEMBERS, which is not given in this room",
    "you may not remove, mute or ban others, or change their roles in this room",
  ],
  [
    "delete-any is denied to this member until 2030-01-31T12:00:00.000Z",
    "you may not delete others' messages in this room until 2030-01-31T12:00:00.000Z",
  ],
  ["this room's policy does not let the role guest post", "you may not write in this room"],
  [
    "manage-room is given only by who has it",
    "you don't have the right to change the settings here, so you can't give it",
  ],
  [
    "who stands as moderator here can't give the role owner",
    "as moderator you can't give the role owner here",
  ],
  [
    "this user is owner here: only who stands above may do that",
    "they are owner here: only somebody of a higher role may do that",
  ],
  ["muted in this room until further notice", "you are muted in this room until further notice"],
  ["banned from this room until further notice", "you are banned from this room until further notice"],
  ["not a member of this room: join it first", "you are not a member of this room: join it first"],
  ["sign in first: send a token as `authorization: Bearer <token>` metadata", "sign in first"],
  [
    'user.handle must be 2 to 32 of the letters a-z, digits, ".", "_" and "-"',
    'the handle must be 2 to 32 of the letters a-z, digits, ".", "_" and "-"',
  ],
  [
    "user.display_name has 300 characters; at most 64 are allowed",
    "the display name has 300 characters; at most 64 are allowed",
  ],
  ["password must have at least 8 characters", "the password must have at least 8 characters"],
  ["user_ids has 101 entries; at most 100", "the list of people has 101 entries; at most 100"],
  ["room.policy.slow_mode is 1: give 0 to 10", "the slow mode is 1: give 0 to 10"],
  ["text has 71680 bytes; at most 16384 are allowed", "the text has 71680 bytes; at most 16384 are allowed"],
  ['there is no user "user.handle is"', 'there is no user "user.handle is"'],
  ["the server is restarting", "the server is restarting"],
] as const;

test("the server's sentences are told without names of fields and permissions", () => {
  for (const [server, people] of pairs) assert.equal(forPeople(server), people);
});
