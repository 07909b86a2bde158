import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import fc from "fast-check";
import { TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { historyOf, send, seqsOf } from "../support/messages.ts";
import { operatorClient, register } from "../support/people.ts";
import { join, makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { type List, Lists, MAX_ANSWER_BYTES, readAll } from "./lists.ts";

const { listReactions, searchMessages, setReaction, updateMessage } = v1.ChatService.method;
const { addMembers, listMembers, listRooms } = v1.RoomService.method;
const { batchGetUsers, listRelationships, listUsers, updateRelationship, updateUser } = v1.UserService.method;
const { listSessions } = v1.AuthService.method;
const { createServiceKey, listAuditEntries, listServiceKeys } = v1.AdminService.method;

const [MESSAGES, ROOMS, USERS, PEOPLE] = [105, 45, 100, 45];

/** The largest that users and rooms may have. */
const labels = Object.fromEntries(
  Array.from({ length: 32 }, (_, index) => [`${index}`.padStart(64, "k"), "v".repeat(512)]),
);
const topic = "👍".repeat(512);
const updateMask = { paths: ["about", "labels", "avatar_url"] };
const profile = { about: topic, labels, avatarUrl: `https://a.example/${"x".repeat(2_000)}` };
const largest = {
  text: `needle ${"x".repeat(16 * 1024 - 7)}`,
  payload: new Uint8Array(32 * 1024),
  payloadType: "t".repeat(128),
};

for (const runtime of runtimes) {
  describe(`pages of the largest rows on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const operator = operatorClient(server);
    after(() => operator[Symbol.dispose]());
    const ada = await register(client, "ada");
    await operator.unary(v1.UserService.method.updateUserAccess, {
      userId: ada.id,
      role: v1.SystemRole.ADMIN,
    });
    const room = await makeRoom(client, ada, { topic, labels });
    await send(client, { room, from: ada }, "root");
    for (let count = 1; count < MESSAGES; count++) {
      const { seq } = await send(client, { room, from: ada }, { ...largest, threadRootSeq: 1n });
      const message = { roomId: room.id, seq, pinned: true };
      await client.unary(updateMessage, { message, updateMask: { paths: ["pinned"] } }, ada);
    }
    const rooms = [room.id];
    for (let count = 1; count < ROOMS; count++) {
      const made = await makeRoom(client, ada, { title: `Room ${count}`, topic, labels, public: true });
      await send(client, { room: made, from: ada }, largest);
      rooms.push(made.id);
    }
    const people: string[] = [];
    const [, publicRoom = ""] = rooms;
    for (let count = 0; count < PEOPLE; count++) {
      const person = await register(client, `person-${count}`);
      await operator.unary(updateUser, { user: { id: person.id, ...profile }, updateMask });
      await join(client, { id: publicRoom }, person);
      await client.unary(setReaction, { roomId: publicRoom, seq: 1n, emoji: "👍" }, person);
      people.push(person.id);
    }
    const userIds: string[] = [];
    for (let count = 0; count < USERS; count++) {
      const { serviceKey } = await operator.unary(createServiceKey, { name: `${count}`.padStart(32, "b") });
      const id = serviceKey?.userId ?? "";
      await operator.unary(updateUser, { user: { id, ...profile }, updateMask });
      await client.unary(updateRelationship, { relationship: { userId: id, muted: true } }, ada);
      userIds.push(id);
    }
    await client.unary(addMembers, { roomId: room.id, userIds }, ada);

    const roomId = room.id;
    const lists = new Lists(client, ada);
    const allSeqs = Array.from({ length: MESSAGES }, (_, index) => String(index + 1));
    const replies = allSeqs.slice(1);
    const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
    const userIdsOf = (rows: readonly { userId: string }[]) => rows.map(({ userId }) => userId);
    const before = ({ seq }: v1.Message) => ({ beforeSeq: seq });
    const later = ({ seq }: v1.Message) => ({ afterSeq: seq });

    /** Each list with the ids of all its rows, in any order; null where only the size is checked. */
    const cases: readonly {
      readonly name: string;
      readonly list: List;
      readonly all: readonly string[] | null;
    }[] = [
      { name: "newest messages", list: lists.history({ roomId }, before), all: allSeqs },
      {
        name: "messages before one",
        list: lists.history({ roomId, beforeSeq: 104n }, before),
        all: allSeqs.slice(0, 103),
      },
      { name: "messages after one", list: lists.history({ roomId, afterSeq: 1n }, later), all: replies },
      {
        name: "changed messages",
        list: lists.history({ roomId, sinceRevision: 1n }, ({ revision }) => ({ sinceRevision: revision })),
        all: allSeqs,
      },
      { name: "a thread", list: lists.history({ roomId, threadRootSeq: 1n }, before), all: replies },
      { name: "pinned messages", list: lists.history({ roomId, pinnedOnly: true }, before), all: replies },
      {
        name: "found messages",
        list: lists.byToken(async (page) => {
          const { messages, nextPageToken } = await lists.call(searchMessages, {
            query: "needle",
            roomIds: [roomId],
            ...page,
          });
          return { ids: messages.map(({ seq }) => String(seq)), nextPageToken };
        }),
        all: replies,
      },
      {
        name: "reactions",
        list: lists.byToken(async (page) => {
          const request = { roomId: publicRoom, seq: 1n, ...page };
          const { reactions, nextPageToken } = await lists.call(listReactions, request);
          return { ids: userIdsOf(reactions), nextPageToken };
        }),
        all: people,
      },
      {
        name: "rooms",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listRooms, page);
          return { ids: ids(answer.rooms), nextPageToken: answer.nextPageToken };
        }),
        all: rooms,
      },
      {
        name: "the directory",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listRooms, { ...page, directory: true, query: "Room" });
          return { ids: ids(answer.rooms), nextPageToken: answer.nextPageToken };
        }),
        all: rooms.slice(1),
      },
      {
        name: "members",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listMembers, { ...page, roomId, state: v1.MemberState.JOINED });
          return { ids: userIdsOf(answer.members), nextPageToken: answer.nextPageToken };
        }),
        all: [ada.id, ...userIds],
      },
      {
        name: "users",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listUsers, { ...page, query: "person" });
          return { ids: ids(answer.users), nextPageToken: answer.nextPageToken };
        }),
        all: people,
      },
      {
        name: "users by id",
        list: async (pageSize) => {
          const { users } = await lists.call(batchGetUsers, { userIds: userIds.slice(0, pageSize) });
          return { ids: ids(users), next: null };
        },
        all: null,
      },
      {
        name: "relationships",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listRelationships, page);
          return { ids: userIdsOf(answer.relationships), nextPageToken: answer.nextPageToken };
        }),
        all: userIds,
      },
      {
        name: "sessions",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listSessions, page);
          return { ids: ids(answer.sessions), nextPageToken: answer.nextPageToken };
        }),
        all: [ada.sessionId],
      },
      {
        name: "audit entries",
        list: lists.byToken(async (page) => {
          const answer = await lists.call(listAuditEntries, page);
          return { ids: answer.entries.map(({ seq }) => String(seq)), nextPageToken: answer.nextPageToken };
        }),
        all: null,
      },
      {
        name: "service keys",
        list: async () => {
          const { serviceKeys } = await lists.call(listServiceKeys, {});
          return { ids: userIdsOf(serviceKeys), next: null };
        },
        all: userIds,
      },
    ];

    test("no answer has more than 3 MiB, and the pages of a list have each row once", async () => {
      const pageSizes = fc.oneof(fc.constant(100), fc.integer({ min: 20, max: 1_000 }));
      await fc.assert(
        fc.asyncProperty(pageSizes, async (pageSize) => {
          for (const { name, list, all } of cases) {
            const found = await readAll(list, pageSize);
            if (all) assert.deepEqual(found.toSorted(), all.toSorted(), name);
          }
        }),
        { numRuns: 2 },
      );
    });

    test("a page of large messages has fewer of them, and says that there are more", async () => {
      const page = await historyOf(client, { room, by: ada }, { pageSize: 100 });
      assert.ok(page.hasMore);
      assert.ok(page.messages.length >= 15 && page.messages.length <= 25, `${page.messages.length} messages`);
      const around = await historyOf(client, { room, by: ada }, { pageSize: 100, aroundSeq: 60n });
      assert.ok(around.hasMore);
      const seqs = seqsOf(around);
      const first = seqs[0] ?? 60;
      assert.ok(seqs.includes(60) && first < 55 && (seqs.at(-1) ?? 60) > 65, `${seqs}`);
      const inARow = seqs.map((_, index) => first + index);
      assert.deepEqual(seqs, inARow);
    });

    test("a stream brings the largest rooms in responses that every client takes", async () => {
      using narrow = new TestClient(server.address, { "grpc.max_receive_message_length": MAX_ANSWER_BYTES });
      using reader = await LiveReader.open(narrow, ada);
      assert.ok(rooms.every((id) => reader.replicas.rooms.has(id)));
    });
  });
}
