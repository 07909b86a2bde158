/** The steps of a run, as plain data that can be generated, repeated and made smaller. */

import fc from "fast-check";
import type { Wish } from "./relations.ts";
import { type MemberList, memberLists, type Who } from "./room-model.ts";
import { DEVICES, ROOMS, USERS } from "./stage.ts";

interface InRoom {
  readonly room: number;
  readonly who: Who;
  /** It is under way at the same time as the step before it, if the two can be told apart. */
  readonly isTogether: boolean;
}

export interface SendStep extends InRoom {
  readonly kind: "send";
  /** On a stream, twice at once, or on a stream that is gone at once and then again by a call. */
  readonly how: "call" | "stream" | "twice" | "lost";
  /** An id of its own, an earlier message again, or the id of an earlier one with another text. */
  readonly id: "new" | "repeated" | "reused";
  readonly mentions: "nobody" | "someone" | "all";
  readonly expires: boolean;
  readonly pick: number;
}

/** Many large messages at once: the queue of a client that doesn't read overflows. */
export interface BurstStep extends InRoom {
  readonly kind: "burst";
}

/** A change of the message that `pick` stands for: one of the user's own, if `own`. */
export interface MessageStep extends InRoom {
  readonly kind: "edit" | "pin" | "delete" | "react" | "unreact";
  readonly own: boolean;
  readonly pick: number;
}

export interface ReadStep extends InRoom {
  readonly kind: "read";
  /** Of the room's messages, from 0 to 1. */
  readonly share: number;
}

export interface SelfStep extends InRoom {
  readonly kind: "join" | "leave" | "open direct room";
}

/** Something that `who`, or the room's owner, does to someone. */
export interface MemberStep extends InRoom {
  readonly kind:
    | "invite"
    | "kick"
    | "ban"
    | "lift ban"
    | "mute"
    | "unmute"
    | "deny read"
    | "allow read"
    | "limit";
  readonly byOwner: boolean;
  readonly whom: Who;
}

/** Something that `who`, or the room's owner, does to the room. */
export interface FieldsStep extends InRoom {
  readonly kind: "fields";
  readonly byOwner: boolean;
  readonly field: "topic" | "history" | "permissions" | "retention";
  readonly isOn: boolean;
  readonly memberList: MemberList;
}

/** Somebody blocks or mutes another, or stops. */
export interface RelateStep {
  readonly kind: "relate";
  readonly who: Who;
  readonly whom: Who;
  readonly wish: Wish;
}

export interface DeviceStep {
  readonly kind: "connect" | "connect anew" | "disconnect" | "pause" | "resume";
  readonly device: number;
}

export interface TimeStep {
  readonly kind: "time";
  readonly seconds: number;
}

/** Waits until all who read have what they should have. */
export interface SettleStep {
  readonly kind: "settle";
}

export type ActStep = SendStep | BurstStep | MessageStep | ReadStep | SelfStep | MemberStep | FieldsStep;
export type Step = ActStep | RelateStep | DeviceStep | TimeStep | SettleStep;

// Much of what goes wrong takes many things that happen to one user in one room: most happens to these.
const who = fc.oneof({ arbitrary: fc.nat(USERS - 1), weight: 3 }, { arbitrary: fc.constant(2), weight: 1 });
const whom = fc.oneof({ arbitrary: fc.nat(USERS - 1), weight: 2 }, { arbitrary: fc.constant(2), weight: 3 });
const room = fc.oneof({ arbitrary: fc.nat(ROOMS - 1), weight: 1 }, { arbitrary: fc.constant(0), weight: 1 });
const often = fc.integer({ min: 0, max: 9 }).map((digit) => digit < 8);
const inRoom = { room, who, isTogether: fc.boolean() };
const pick = fc.nat(50);

const sends = fc.record<SendStep>({
  kind: fc.constant("send"),
  ...inRoom,
  how: fc.constantFrom("call", "call", "stream", "stream", "twice", "lost"),
  id: fc.constantFrom("new", "new", "new", "repeated", "reused"),
  mentions: fc.constantFrom("nobody", "nobody", "someone", "all"),
  expires: often.map((isUsual) => !isUsual),
  pick,
});
const bursts = fc.record<BurstStep>({ kind: fc.constant("burst"), ...inRoom });
const messageSteps = fc.record<MessageStep>({
  kind: fc.constantFrom("edit", "edit", "pin", "delete", "react", "react", "unreact"),
  ...inRoom,
  own: often,
  pick,
});
const reads = fc.record<ReadStep>({
  kind: fc.constant("read"),
  ...inRoom,
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});
const selfSteps = fc.record<SelfStep>({
  kind: fc.constantFrom("join", "join", "leave", "open direct room"),
  ...inRoom,
});
const memberSteps = fc.record<MemberStep>({
  kind: fc.constantFrom(
    "invite",
    "invite",
    "kick",
    "ban",
    "lift ban",
    "mute",
    "unmute",
    "deny read",
    "deny read",
    "allow read",
    "allow read",
    "limit",
  ),
  ...inRoom,
  byOwner: often,
  whom,
});
const fieldsSteps = fc.record<FieldsStep>({
  kind: fc.constant("fields"),
  ...inRoom,
  byOwner: often,
  field: fc.constantFrom("topic", "history", "history", "permissions", "permissions", "retention"),
  isOn: fc.boolean(),
  memberList: fc.constantFrom(...(Object.keys(memberLists) as MemberList[])),
});
const relateSteps = fc.record<RelateStep>({
  kind: fc.constant("relate"),
  who,
  whom,
  wish: fc.constantFrom("block", "mute", "both", "nothing", "nothing"),
});
const deviceSteps = fc.record<DeviceStep>({
  kind: fc.constantFrom("connect", "connect", "connect anew", "disconnect", "disconnect", "pause", "resume"),
  device: fc.oneof(fc.nat(DEVICES - 1), fc.constant(3)),
});
const timeSteps = fc.record<TimeStep>({ kind: fc.constant("time"), seconds: fc.constantFrom(10, 20, 40) });
const settleSteps = fc.constant<SettleStep>({ kind: "settle" });

const steps = fc.oneof(
  { arbitrary: sends, weight: 30 },
  { arbitrary: messageSteps, weight: 20 },
  { arbitrary: memberSteps, weight: 14 },
  { arbitrary: deviceSteps, weight: 14 },
  { arbitrary: selfSteps, weight: 9 },
  { arbitrary: fieldsSteps, weight: 5 },
  { arbitrary: reads, weight: 5 },
  { arbitrary: relateSteps, weight: 4 },
  { arbitrary: settleSteps, weight: 3 },
  { arbitrary: timeSteps, weight: 2 },
  { arbitrary: bursts, weight: 1 },
);

export interface Plan {
  /** The delay of what streams read from the store. */
  readonly readDelayMs: number;
  readonly steps: readonly Step[];
}

/** Much is said, counted, blocked and muted, and little else. */
const countedSteps = fc.oneof(
  { arbitrary: sends, weight: 8 },
  { arbitrary: relateSteps, weight: 5 },
  { arbitrary: messageSteps, weight: 3 },
  { arbitrary: reads, weight: 2 },
  { arbitrary: selfSteps, weight: 2 },
);

/** Generates plans of at most this many steps. */
export function plans(maxSteps: number): fc.Arbitrary<Plan> {
  return plansOf(steps, maxSteps);
}

/** Generates plans about what counts as unread, and for whom. */
export function countedPlans(maxSteps: number): fc.Arbitrary<Plan> {
  return plansOf(countedSteps, maxSteps);
}

function plansOf(arbitrary: fc.Arbitrary<Step>, maxSteps: number): fc.Arbitrary<Plan> {
  return fc.record({
    readDelayMs: fc.constantFrom(0, 5),
    steps: fc.array(arbitrary, { maxLength: maxSteps, size: "max" }),
  });
}
