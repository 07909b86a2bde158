import { v1 } from "@confab/protocol";
import { send } from "../../support/messages.ts";
import { makeRoom } from "../../support/rooms.ts";
import type { Attack } from "./stage.ts";

const { updateMessage, deleteMessage } = v1.ChatService.method;
const { deleteRoom } = v1.RoomService.method;
const { deleteUser } = v1.UserService.method;

/** The default limit of rooms that one user makes. */
const ROOMS = { count: 10, windowMs: 100_000 };
/** The default limit of messages of one user. */
const SENDS = { count: 10, windowMs: 5_000 };
const MAX_TEXT_BYTES = 16 * 1024;
const TTL_S = 5n;

/** A text of the greatest length, of as many different words as fit. */
function longText(turn: number): string {
  let text = "";
  for (let word = turn * 1_000; text.length < MAX_TEXT_BYTES - 8; word++) text += `${word.toString(36)} `;
  return text;
}

export const erasingAttacks: readonly Attack[] = [
  {
    name: "13 rooms made and deleted, and accounts that ask what their erasure would erase",
    begin(stage) {
      stage.atPace(ROOMS, async ({ client, person }) => {
        const room = await makeRoom(client, person);
        await send(client, { room, from: person }, longText(0));
        await client.unary(deleteRoom, { roomId: room.id }, person);
      });
      stage.atLimit(1, ({ client, person }) =>
        client.unary(deleteUser, { userId: "me", eraseMessages: true, validateOnly: true }, person),
      );
    },
  },
  {
    name: "13 the longest texts edited again and again",
    begin(stage) {
      const room = { id: stage.world.hall };
      const sent = new Map<string, bigint>();
      stage.atLimit(1, async ({ client, person }, turn) => {
        const seq = sent.get(person.id) ?? (await send(client, { room, from: person }, longText(0))).seq;
        sent.set(person.id, seq);
        const message = { roomId: room.id, seq, text: longText(turn) };
        await client.unary(updateMessage, { message, updateMask: { paths: ["text"] } }, person);
      });
    },
  },
  {
    name: "13 the longest texts sent and deleted, or left to expire together",
    begin(stage) {
      const room = { id: stage.world.hall };
      stage.atPace(SENDS, async ({ client, person }, turn) => {
        const ttl = turn % 2 === 0 ? { ttl: { seconds: TTL_S } } : {};
        const { seq } = await send(client, { room, from: person }, { text: longText(turn), ...ttl });
        if (turn % 2 === 1) await client.unary(deleteMessage, { roomId: room.id, seq }, person);
      });
    },
  },
  {
    name: "13 the largest room and an account in thousands of rooms erased",
    begin(stage) {
      const owner = stage.attackers[stage.round];
      const regular = stage.regulars[stage.round];
      const roomId = stage.world.heaps[stage.round];
      if (!owner || !regular || !roomId) throw new Error("nothing is left to erase");
      void owner.client.unary(deleteRoom, { roomId }, owner.person).catch(() => {});
      void regular.client
        .unary(deleteUser, { userId: "me", eraseMessages: true }, regular.person)
        .catch(() => {});
    },
  },
];
