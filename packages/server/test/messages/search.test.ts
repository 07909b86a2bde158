import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { search, send } from "../support/messages.ts";
import { giveRole, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";

const { searchMessages, updateMessage, deleteMessage, setReaction } = v1.ChatService.method;
const { removeMember, deleteRoom, updateMember } = v1.RoomService.method;

for (const runtime of runtimes) {
  describe(`searching on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const [ada, bob, eve] = [
      await register(client, "ada"),
      await register(client, "bob"),
      await register(client, "eve"),
    ];
    const room = await makeRoom(client, ada);
    await bringIn(client, { room, owner: ada }, bob);

    async function texts(person: Person, query: Parameters<typeof search>[2]): Promise<readonly string[]> {
      return (await search(client, person, query)).map(({ text }) => text);
    }

    test("words in any order and case, phrases, and the beginnings of words; newest first", async () => {
      const written = [
        "The quick brown fox",
        "a Fox, quick as ever",
        "quicksand",
        "Crème brûlée",
        "état-major",
        "日本語 テスト",
      ];
      for (const text of written) await send(client, { room, from: ada }, text);
      assert.deepEqual(await texts(bob, "quick fox"), [written[1], written[0]]);
      assert.deepEqual(await texts(bob, "FOX"), [written[1], written[0]]);
      assert.deepEqual(await texts(bob, '"quick brown"'), [written[0]]);
      assert.deepEqual(await texts(bob, '"brown quick"'), []);
      assert.deepEqual(await texts(bob, '"quick brown'), [written[0]]);
      assert.deepEqual(await texts(bob, "quick*"), [written[2], written[1], written[0]]);
      assert.deepEqual(await texts(bob, "quick* fox"), [written[1], written[0]]);
      assert.deepEqual(await texts(bob, "quic"), [written[2], written[1], written[0]]);
      assert.deepEqual(await texts(bob, "quic fox"), []);
      assert.deepEqual(await texts(bob, '"quic"'), []);
      assert.deepEqual(await texts(bob, "quick -brown"), [written[1]]);
      assert.deepEqual(await texts(bob, '-"brown fox" quick'), [written[2], written[1]]);
      assert.deepEqual(await texts(bob, "quick quick QUICK fox fox"), [written[1], written[0]]);
      assert.deepEqual(await texts(bob, "creme BRULEE"), [written[3]]);
      assert.deepEqual(await texts(bob, "etat-major"), [written[4]]);
      assert.deepEqual(await texts(bob, "major"), [written[4]]);
      assert.deepEqual(await texts(bob, "日本*"), [written[5]]);
      assert.deepEqual(await texts(bob, "本語"), [written[5]]);
      assert.deepEqual(await texts(bob, "... fox !!!"), [written[1], written[0]]);
    });

    test("by sender, by room, in pages, with the caller's reactions", async () => {
      const other = await makeRoom(client, ada);
      await bringIn(client, { room: other, owner: ada }, bob);
      for (let index = 0; index < 7; index++) {
        await send(
          client,
          { room: index % 2 === 0 ? room : other, from: index < 4 ? ada : bob },
          `pages ${index}`,
        );
      }
      const all = ["pages 6", "pages 5", "pages 4", "pages 3", "pages 2", "pages 1", "pages 0"];
      assert.deepEqual(await texts(ada, "pages"), all);
      assert.deepEqual(await texts(ada, { query: "pages", pageSize: 2 }), all);
      assert.deepEqual(await texts(ada, { query: "pages", pageSize: 7 }), all);
      assert.deepEqual(await texts(ada, { query: "pages", senderId: bob.id }), [
        "pages 6",
        "pages 5",
        "pages 4",
      ]);
      assert.deepEqual(await texts(ada, { query: "pages", roomIds: [other.id] }), [
        "pages 5",
        "pages 3",
        "pages 1",
      ]);
      const both = { query: "pages", roomIds: [room.id, other.id], senderId: bob.id, pageSize: 1 };
      assert.deepEqual(await texts(ada, both), ["pages 6", "pages 5", "pages 4"]);
      assert.deepEqual(await texts(ada, { query: "pages", senderId: eve.id }), []);
      const [newest] = await search(client, ada, "pages");
      await client.unary(setReaction, { roomId: room.id, seq: newest?.seq ?? 0n, emoji: "👍" }, bob);
      assert.equal((await search(client, bob, "pages"))[0]?.reactions[0]?.self, true);
      assert.equal((await search(client, ada, "pages"))[0]?.reactions[0]?.self, false);

      const first = await client.unary(searchMessages, { query: "pages", pageSize: 2 }, ada);
      assert.notEqual(first.nextPageToken, "");
      const full = await client.unary(searchMessages, { query: "pages", pageSize: 7 }, ada);
      assert.equal(full.nextPageToken, "");
      for (const foreign of [
        { query: "page", pageToken: first.nextPageToken },
        { query: "pages", senderId: bob.id, pageToken: first.nextPageToken },
        { query: "pages", roomIds: [room.id], pageToken: first.nextPageToken },
        { query: "pages", pageToken: "x" },
      ]) {
        assert.equal(
          (await refusalOf(client.unary(searchMessages, foreign, ada))).reason,
          "PAGE_TOKEN_INVALID",
        );
      }
    });

    test("what was edited is found by its new text alone, what was deleted not at all", async () => {
      const sent = await send(client, { room, from: ada }, "shared before");
      const message = { roomId: room.id, seq: sent.seq };
      for (const text of ["shared middle", "shared shared middle after", "shared after"]) {
        await client.unary(
          updateMessage,
          { message: { ...message, text }, updateMask: { paths: ["text"] } },
          ada,
        );
      }
      assert.deepEqual(await texts(ada, "before"), []);
      assert.deepEqual(await texts(ada, "middle"), []);
      assert.deepEqual(await texts(ada, "shared after"), ["shared after"]);
      await client.unary(deleteMessage, message, ada);
      assert.deepEqual(await texts(ada, "shared"), []);
      const gone = await send(client, { room, from: ada }, { text: "fleeting thing", ttl: { seconds: 1n } });
      assert.ok(gone.expireTime);
      const found = await texts(ada, "fleeting");
      // On a slow machine it is over by now.
      if (Date.now() < timestampMs(gone.expireTime)) assert.deepEqual(found, ["fleeting thing"]);
      await eventually(async () => (await texts(ada, "fleeting")).length === 0, "end of the message");
    });

    test("users find only what they may read: no other rooms, nothing from before their time", async () => {
      const sinceJoin = { policy: { historyVisibility: v1.HistoryVisibility.SINCE_JOIN } };
      const hidden = await makeRoom(client, ada, { title: "hidden" });
      const open = await makeRoom(client, ada, { title: "open", public: true });
      const later = await makeRoom(client, ada, { title: "later", ...sinceJoin });
      for (const one of [hidden, open, later])
        await send(client, { room: one, from: ada }, `secret of ${one.title}`);
      await bringIn(client, { room: later, owner: ada }, bob);
      await send(client, { room: later, from: ada }, "secret since");
      assert.deepEqual(await texts(bob, "secret"), ["secret since"]);
      assert.deepEqual(await texts(bob, { query: "secret", roomIds: [later.id] }), ["secret since"]);
      assert.deepEqual(await texts(eve, "secret"), []);
      assert.equal((await texts(ada, "secret")).length, 4);

      for (const [roomIds, reason] of [
        [[later.id, hidden.id], "ROOM_NOT_FOUND"],
        [["AAAAAAAAAAAAAAAA"], "ROOM_NOT_FOUND"],
        [[open.id], "NOT_A_MEMBER"],
      ] as const) {
        const refusal = await refusalOf(
          client.unary(searchMessages, { query: "x", roomIds: [...roomIds] }, bob),
        );
        assert.deepEqual([refusal.reason, refusal.field], [reason, "room_ids"]);
      }
      const moderator = await register(client, `moderator-${runtime}`);
      await giveRole(server, moderator, v1.SystemRole.MODERATOR);
      assert.deepEqual(await texts(moderator, "secret"), []);
      assert.deepEqual(await texts(moderator, { query: "secret", roomIds: [open.id] }), ["secret of open"]);

      const denied = { roomId: later.id, userId: bob.id, deny: [v1.Permission.READ] };
      await client.unary(updateMember, { member: denied, updateMask: { paths: ["deny"] } }, ada);
      assert.deepEqual(await texts(bob, "secret"), []);
      await client.unary(
        updateMember,
        { member: { ...denied, deny: [] }, updateMask: { paths: ["deny"] } },
        ada,
      );
      assert.deepEqual(await texts(bob, "secret"), ["secret since"]);
      await client.unary(removeMember, { roomId: later.id, userId: "me" }, bob);
      assert.deepEqual(await texts(bob, "secret"), []);
      await client.unary(deleteRoom, { roomId: hidden.id }, ada);
      assert.deepEqual(await texts(ada, "secret hidden"), []);
    });

    test("queries that can't be answered are refused with their field", async () => {
      const rooms = Array.from({ length: 101 }, (_, index) => `${index}`);
      for (const [request, reason, field] of [
        [{ query: "" }, "FIELD_INVALID", "query"],
        [{ query: " \t" }, "FIELD_INVALID", "query"],
        [{ query: '"" * - ()' }, "FIELD_INVALID", "query"],
        [{ query: "-one" }, "FIELD_INVALID", "query"],
        [{ query: "", roomIds: [room.id], senderId: ada.id }, "FIELD_INVALID", "query"],
        [{ query: "x".repeat(257) }, "FIELD_TOO_LONG", "query"],
        [
          { query: Array.from({ length: 33 }, (_, index) => `w${index}`).join(" ") },
          "FIELD_INVALID",
          "query",
        ],
        [{ query: "a*" }, "FIELD_INVALID", "query"],
        [{ query: "aa* bb* cc*" }, "FIELD_INVALID", "query"],
        [{ query: "x", roomIds: rooms }, "TOO_MANY_IDS", "room_ids"],
        [{ query: "x", pageSize: -1 }, "PAGE_SIZE_INVALID", "page_size"],
      ] as const) {
        const call = client.unary(
          searchMessages,
          { ...request, roomIds: [...("roomIds" in request ? request.roomIds : [])] },
          ada,
        );
        const refusal = await refusalOf(call);
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, field],
        );
      }
    });
  });
}
