import { v1 } from "@confab/protocol";
import { readRefusal } from "../support/client.ts";
import type { Act, Outcome, Verdict } from "./acts.ts";
import type { MessageModel, RoomModel, Who } from "./room-model.ts";
import type { Stage } from "./stage.ts";
import type { MessageStep, ReadStep } from "./steps.ts";

const { updateMessage, deleteMessage, setReaction, updateReadCursor } = v1.ChatService.method;

/** The outcome of a call, which may be a refusal. @throws any other error */
export async function outcomeOf(call: Promise<Outcome>): Promise<Outcome> {
  try {
    return await call;
  } catch (error) {
    const refusal = readRefusal(error as Parameters<typeof readRefusal>[0]);
    if (refusal.reason === undefined || UNEXPECTED.has(refusal.reason)) throw error;
    return { kind: "refused", reason: refusal.reason };
  }
}

const UNEXPECTED = new Set(["STORAGE_ERROR", "STORE_BUSY", "SHUTTING_DOWN", "RATE_LIMITED", "TOKEN_EXPIRED"]);

/** Edits, pins, deletes or reacts. Nothing, where there is no message yet. */
export function messageAct(stage: Stage, room: RoomModel, step: MessageStep): Act | null {
  const all = [...room.messages.values()];
  const own = all.filter(({ sender }) => sender === step.who);
  const eligible = step.own && own.length > 0 ? own : all;
  const message = eligible[step.pick % eligible.length];
  if (!message) return null;
  const { who } = step;
  switch (step.kind) {
    case "edit":
      return editAct(stage, { room, who, message });
    case "pin":
      return pinAct(stage, { room, who, message });
    case "delete":
      return deleteAct(stage, { room, who, message });
    case "react":
    case "unreact":
      return reactAct(
        stage,
        { room, who, message },
        step.pick % 2 === 0 ? "👍" : "🎉",
        step.kind === "unreact",
      );
    default:
      return step.kind satisfies never;
  }
}

interface Target {
  readonly room: RoomModel;
  readonly who: Who;
  readonly message: MessageModel;
}

function nameOf(what: string, { who, message }: Target): string {
  return `user ${who} ${what} message ${message.seq}`;
}

function editAct(stage: Stage, target: Target): Act {
  const { room, who, message } = target;
  const text = `edited ${stage.next()}`;
  return {
    name: nameOf("edits", target),
    room,
    exclusive: "no",
    call: () => update(stage, target, { text }),
    judge: () =>
      message.sender === who &&
      room.may(who, "edit-own") &&
      room.readable(who, message.seq) === message &&
      !message.deleted
        ? "changes"
        : "is refused",
    apply: () => room.changeMessage(message, { text }),
  };
}

function pinAct(stage: Stage, target: Target): Act {
  const { room, who, message } = target;
  const pinned = !message.pinned;
  return {
    name: nameOf(pinned ? "pins" : "unpins", target),
    room,
    exclusive: "message",
    call: () => update(stage, target, { pinned }),
    judge: () =>
      room.may(who, "pin") && room.readable(who, message.seq) === message && !message.deleted
        ? "changes"
        : "is refused",
    apply: () => room.changeMessage(message, { pinned }),
  };
}

function update(
  { client, user }: Stage,
  { room, who, message }: Target,
  change: { readonly text: string } | { readonly pinned: boolean },
): Promise<Outcome> {
  const request = {
    message: { roomId: room.id, seq: BigInt(message.seq), ...change },
    updateMask: { paths: Object.keys(change) },
  };
  return outcomeOf(
    client.unary(updateMessage, request, user(who)).then((answer) => changedAt(answer.message)),
  );
}

function deleteAct({ client, user }: Stage, target: Target): Act {
  const { room, who, message } = target;
  const request = { roomId: room.id, seq: BigInt(message.seq) };
  const judge = (): Verdict => {
    const isOwner = room.owner === who;
    const joinedSeq = room.isSinceJoin ? (room.members.get(who)?.joinedSeq ?? 0) : 0;
    const mayDelete = isOwner || (message.sender === who && room.may(who, "delete-own"));
    if (!mayDelete || message.seq <= joinedSeq || !room.messages.has(message.seq)) return "is refused";
    return message.deleted ? "changes nothing" : "changes";
  };
  return {
    name: nameOf("deletes", target),
    room,
    exclusive: "message",
    call: () =>
      outcomeOf(client.unary(deleteMessage, request, user(who)).then((answer) => changedAt(answer.message))),
    judge,
    apply: () => room.leaveTombstone(message),
  };
}

function reactAct({ client, user }: Stage, target: Target, emoji: string, removed: boolean): Act {
  const { room, who, message } = target;
  const request = { roomId: room.id, seq: BigInt(message.seq), emoji, removed };
  const givers = (): Set<Who> => {
    const known = message.reactions.get(emoji) ?? new Set();
    message.reactions.set(emoji, known);
    return known;
  };
  const judge = (): Verdict => {
    const may = room.may(who, "react") && room.readable(who, message.seq) === message && !message.deleted;
    if (!may || (!removed && room.hasBlocked(message.sender, who))) return "is refused";
    return givers().has(who) === removed ? "changes" : "changes nothing";
  };
  return {
    name: nameOf(removed ? `takes ${emoji} back from` : `gives ${emoji} to`, target),
    room,
    exclusive: "silent",
    call: () => outcomeOf(client.unary(setReaction, request, user(who)).then(() => ({ kind: "silent" }))),
    judge,
    apply() {
      if (removed) givers().delete(who);
      else givers().add(who);
      room.changeMessage(message);
    },
  };
}

/** Moves the read cursor, which takes no revision. */
export function readAct({ client, user }: Stage, room: RoomModel, { who, share }: ReadStep): Act {
  const readSeq = Math.max(1, Math.round(room.lastSeq * share));
  const request = { roomId: room.id, readSeq: BigInt(readSeq) };
  const call = async (): Promise<Outcome> => {
    await client.unary(updateReadCursor, request, user(who));
    const member = room.members.get(who);
    if (member) member.readSeq = Math.max(member.readSeq, readSeq);
    return { kind: "unchanged" };
  };
  return {
    name: `user ${who} reads up to ${readSeq}`,
    room,
    exclusive: "no",
    call: () => outcomeOf(call()),
    judge: () => (room.may(who, "read") && readSeq <= room.lastSeq ? "changes nothing" : "is refused"),
    apply() {},
  };
}

function changedAt(message: v1.Message | undefined): Outcome {
  return { kind: "changed", revision: Number(message?.revision ?? 0n) };
}
