import { v1 } from "@confab/protocol";
import { cursorsBehind, openStream, readUntilReady } from "./behind.ts";
import type { Attack, Attacker, Stage } from "./stage.ts";

const { listMessages } = v1.ChatService.method;
const { getRoom, listMembers, listRooms, updateRoom } = v1.RoomService.method;

const MAX_PAGE = 100;
/** A page of this size counts as five calls. */
const PAGE_CALLS = 5;
const STREAMS = 20;

export const readsAttacks: readonly Attack[] = [
  {
    name: "12 long pages, counts and lists of the largest room; every other one is cancelled",
    begin(stage) {
      const { hall: roomId, size } = stage.world;
      stage.atLimit(PAGE_CALLS, async ({ client, person }, turn) => {
        const deadline = turn % 2 === 0 ? Date.now() + 3 : Date.now() + 30_000;
        const options = { ...person, deadline };
        const seq = BigInt((turn * 7_919) % size.hall);
        const calls = [
          () => client.unary(listMessages, { roomId, aroundSeq: seq, pageSize: MAX_PAGE }, options),
          () => client.unary(listMessages, { roomId, sinceRevision: seq, pageSize: MAX_PAGE }, options),
          () => client.unary(listMembers, { roomId, pageSize: MAX_PAGE }, options),
          () => client.unary(listRooms, { pageSize: MAX_PAGE }, options),
        ];
        await calls[turn % calls.length]?.();
      });
    },
  },
  {
    name: "12 what is unread of the largest room, counted",
    begin(stage) {
      stage.atLimit(1, ({ client, person }) => client.unary(getRoom, { roomId: stage.world.hall }, person));
    },
  },
  {
    name: "12 streams that catch up with 10,000 changes, and begin again",
    begin(stage) {
      const rooms = cursorsBehind(stage.world);
      stage.atLimit(1, (attacker) => readUntilReady(open(attacker, rooms, stage)));
    },
  },
  {
    name: "12 streams that begin to catch up, and end",
    begin(stage) {
      const rooms = cursorsBehind(stage.world);
      stage.atLimit(1, async (attacker) => {
        const stream = open(attacker, rooms, stage);
        await new Promise((resolve) => stream.once("data", resolve).once("error", resolve));
        stream.cancel();
      });
    },
  },
  {
    name: "12 rooms that hide and show their past to all streams",
    begin(stage) {
      for (const attacker of stage.attackers) {
        for (let count = 0; count < STREAMS; count++) open(attacker, [], stage).resume();
      }
      const [owner = stage.attackers[0]] = stage.attackers;
      const visibilities = [v1.HistoryVisibility.SINCE_JOIN, v1.HistoryVisibility.FULL];
      const intervalMs = 200;
      stage.evenly(intervalMs, async (turn) => {
        const room = { id: stage.world.hall, policy: { historyVisibility: visibilities[turn % 2] ?? 0 } };
        const updateMask = { paths: ["policy.history_visibility"] };
        await owner?.client.unary(updateRoom, { room, updateMask }, owner.person);
      });
    },
  },
];

function open({ client, person }: Attacker, rooms: Parameters<typeof openStream>[2], stage: Stage) {
  const stream = openStream(client, person, rooms);
  stage.onEnd(() => stream.cancel());
  return stream;
}
