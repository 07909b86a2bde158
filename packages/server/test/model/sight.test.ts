import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "./run.ts";
import { openTestServer } from "./stage.ts";
import type { DeviceStep, FieldsStep, MemberStep, MessageStep, SelfStep, SendStep, Step } from "./steps.ts";

/** The rooms and the client that these plans are about. The owner of the open room is user 0, of the recent one 2. */
const OPEN = 0;
const RECENT = 2;
const CLIENT_OF_USER_2 = 3;
/** Delays what streams read, so that much happens meanwhile. */
const READ_DELAY_MS = 30;

const alone = { who: 0, isTogether: false } as const;
const settled: Step = { kind: "settle" };

function send(room: number): SendStep {
  return {
    kind: "send",
    room,
    ...alone,
    how: "call",
    id: "new",
    mentions: "nobody",
    expires: false,
    pick: 0,
  };
}

function member(kind: MemberStep["kind"], room: number, whom: number): MemberStep {
  return { kind, room, ...alone, byOwner: true, whom };
}

function join(room: number, who: number): SelfStep {
  return { kind: "join", room, who, isTogether: false };
}

function fields(room: number, field: FieldsStep["field"], more: Partial<FieldsStep> = {}): FieldsStep {
  return {
    kind: "fields",
    room,
    ...alone,
    byOwner: true,
    field,
    isOn: false,
    memberList: "default",
    ...more,
  };
}

function first(kind: MessageStep["kind"], room: number): MessageStep {
  return { kind, room, ...alone, own: false, pick: 0 };
}

function device(kind: DeviceStep["kind"]): DeviceStep {
  return { kind, device: CLIENT_OF_USER_2 };
}

const plans: Readonly<Record<string, readonly Step[]>> = {
  "a membership that changes while the stream opens is sent, and the stream gets ready": [
    ...[settled, device("connect anew"), member("deny read", OPEN, 2)],
  ],
  "a room that is entered while the stream opens is followed": [
    ...[member("kick", OPEN, 2), settled, device("connect anew"), join(OPEN, 2)],
  ],
  "an invitation that is accepted while the stream opens is no invitation any more": [
    ...[member("kick", OPEN, 2), member("invite", OPEN, 2), settled, device("connect anew"), join(OPEN, 2)],
  ],
  "a user who is removed and comes back while the room is read is in it": [
    // The machine's speed decides how many changes come before the read of the room: one of these counts fits.
    ...[8, 12, 16, 20, 24].flatMap((count) => [
      ...[settled, device("connect anew"), member("kick", OPEN, 2)],
      ...[...Array.from({ length: count }, () => fields(OPEN, "topic")), join(OPEN, 2)],
    ]),
  ],
  "a user who may read again while away gets what they could not read": [
    ...[send(OPEN), settled, member("deny read", OPEN, 2), send(OPEN), fields(OPEN, "topic"), settled],
    ...[device("disconnect"), member("allow read", OPEN, 2)],
  ],
  "when all members may read again, one who was away gets what they could not read": [
    ...[send(OPEN), settled, fields(OPEN, "permissions", { memberList: "blind" }), send(OPEN)],
    ...[fields(OPEN, "topic"), settled, device("disconnect"), fields(OPEN, "permissions")],
  ],
  "when history is opened to all again, what has changed in it meanwhile is there": [
    ...[send(OPEN), send(OPEN), member("kick", OPEN, 2), join(OPEN, 2), send(OPEN), settled],
    ...[fields(OPEN, "history", { isOn: true }), first("delete", OPEN), settled, fields(OPEN, "history")],
  ],
  "when history is opened to all, those who joined late get what came before": [
    ...[send(RECENT), member("kick", RECENT, 3), join(RECENT, 3), send(RECENT), settled],
    fields(RECENT, "history"),
  ],
};

describe("what one may read grows", () => {
  for (const [name, steps] of Object.entries(plans)) {
    test(name, async () => {
      await using house = await openTestServer(READ_DELAY_MS);
      assert.deepEqual(await run(house, steps), []);
    });
  }
});
