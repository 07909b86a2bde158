import { hasPassed, type RoomModel } from "./room-model.ts";
import type { Stage } from "./stage.ts";

/** The most by which a run may move the clock: tokens are valid for five minutes of it. */
const MAX_ADVANCE_MS = 240_000;

/** Moves the clock, and ends in the model what has ended by itself, in the server's order. */
export async function advance(stage: Stage, seconds: number): Promise<void> {
  const { house, rooms } = stage;
  const ms = seconds * 1_000;
  if (!house.advance || stage.advancedMs + ms > MAX_ADVANCE_MS) return;
  stage.advancedMs += ms;
  await house.advance(ms);
  for (const room of rooms) {
    endMemberships(stage, room);
    for (const message of room.messages.values()) {
      if (!message.deleted && hasPassed(message.expiresAtMs, room.nowMs)) room.leaveTombstone(message);
    }
    applyRetention(room);
  }
}

function endMemberships({ user }: Stage, room: RoomModel): void {
  const firstEnd = ({
    mutedUntilMs,
    expiresAtMs,
  }: {
    mutedUntilMs: number | null;
    expiresAtMs: number | null;
  }) => Math.min(mutedUntilMs ?? Number.POSITIVE_INFINITY, expiresAtMs ?? Number.POSITIVE_INFINITY);
  const ended = [...room.members]
    .filter(([, member]) => firstEnd(member) <= room.nowMs)
    .sort(
      ([who, one], [whom, other]) =>
        firstEnd(one) - firstEnd(other) || (user(who).id < user(whom).id ? -1 : 1),
    );
  for (const [who, { mutedUntilMs, expiresAtMs }] of ended) {
    room.changeMember(who, {
      ...(hasPassed(mutedUntilMs, room.nowMs) && { mutedUntilMs: null }),
      ...(hasPassed(expiresAtMs, room.nowMs) && { state: "left", expiresAtMs: null }),
    });
  }
}

function applyRetention(room: RoomModel): void {
  const { firstSeq, retentionMs, nowMs } = room;
  if (retentionMs === 0) return;
  let seq = firstSeq;
  for (; ; seq++) {
    const message = room.messages.get(seq);
    if (!message || message.createdAtMs > nowMs - retentionMs) break;
    room.messages.delete(seq);
  }
  if (seq > firstSeq) room.changeFields({ firstSeq: seq });
}
