import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { type Person, register, signInAsGuest } from "../support/people.ts";
import { assertRefused, bringIn, join, makeRoom, RoomActs } from "../support/rooms.ts";
import { forSuite } from "../support/suite.ts";

const { listRooms, deleteRoom } = v1.RoomService.method;

describe("lists of rooms", async () => {
  const { server, client } = await forSuite(createTestServer());
  const acts = new RoomActs(client);
  const ada = await register(client, "ada");

  /** Reads a list to its end. */
  async function readAll(
    person: Person,
    request: Omit<MessageInitShape<typeof v1.ListRoomsRequestSchema>, "$typeName">,
  ): Promise<readonly v1.Room[]> {
    const rooms: v1.Room[] = [];
    let pageToken = "";
    do {
      const page = await client.unary(listRooms, { ...request, pageToken }, person);
      rooms.push(...page.rooms);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return rooms;
  }

  test("a user's rooms are those they have joined, are invited to or knock at, page by page", async () => {
    const bob = await register(client, "bob");
    const made = await Promise.all(
      Array.from({ length: 7 }, (_, index) => makeRoom(client, bob, { title: `${index}` })),
    );
    const invited = await makeRoom(client, ada);
    await acts.add(ada, invited, { userIds: [bob.id] });
    const knocked = await makeRoom(client, ada, { public: true, policy: { joinRule: v1.JoinRule.KNOCK } });
    await join(client, knocked, bob);
    const left = await makeRoom(client, ada);
    await bringIn(client, { room: left, owner: ada }, bob);
    await acts.remove(bob, left, bob);
    const ended = await makeRoom(client, ada);
    const expireTime = timestampFromMs(server.clock.now() + 1_000);
    await acts.add(ada, ended, { userIds: [bob.id], expireTime });
    await server.clock.advance(1_000);
    const deleted = await makeRoom(client, bob);
    await client.unary(deleteRoom, { roomId: deleted.id }, bob);

    const own = await readAll(bob, { pageSize: 2 });
    const expected = [...made, invited, knocked].map(({ id }) => id).sort();
    assert.deepEqual(
      own.map(({ id }) => id),
      expected,
    );
    const states = new Map(own.map(({ id, self }) => [id, self?.state]));
    assert.equal(states.get(invited.id), v1.MemberState.INVITED);
    assert.equal(states.get(knocked.id), v1.MemberState.KNOCKING);
    const search = client.unary(listRooms, { query: "1" }, bob);
    await assertRefused(search, status.INVALID_ARGUMENT, "FIELD_INVALID", "query");
  });

  test("a room is listed with what one has not read and its last message, where one may read it", async () => {
    const room = await makeRoom(client, ada, { public: true, title: "Counted" });
    const carol = await register(client, "carol");
    await acts.send(ada, room);
    await join(client, room, carol);
    await acts.send(ada, room);
    await acts.send(ada, room);
    const [listed] = await readAll(carol, {});
    assert.deepEqual([listed?.self?.unreadCount, listed?.lastMessage?.seq, listed?.lastSeq], [2n, 3n, 3n]);
    const outsider = await register(client, "outsider");
    const [seen] = await readAll(outsider, { directory: true, query: "counted" });
    assert.deepEqual(
      [seen?.id, seen?.self, seen?.lastMessage, seen?.lastSeq],
      [room.id, undefined, undefined, 3n],
    );
  });

  test("the directory has public rooms by title, and finds those whose title begins with the query", async () => {
    const dora = await register(client, "dora");
    const titles = [
      "zebra 10%",
      "Zebra",
      "ｚｅｂｒａ wide",
      "zebra_x",
      "zebras",
      `ZEBRA ${"x".repeat(100)}`,
      "zeb",
    ];
    for (const title of titles) await makeRoom(client, dora, { title, public: true });
    await makeRoom(client, dora, { title: "zebra secret" });
    const gone = await makeRoom(client, dora, { title: "zebra gone", public: true });
    await client.unary(deleteRoom, { roomId: gone.id }, dora);
    const find = async (query: string, pageSize = 100) =>
      (await readAll(dora, { directory: true, query, pageSize })).map(({ title }) => title);

    const sorted = [
      "zeb",
      "Zebra",
      "zebra 10%",
      "ｚｅｂｒａ wide",
      `ZEBRA ${"x".repeat(100)}`,
      "zebra_x",
      "zebras",
    ];
    assert.deepEqual(await find("zeb"), sorted);
    assert.deepEqual(await find("ZEB", 2), sorted);
    assert.deepEqual(await find("zebra%"), []);
    assert.deepEqual(await find("zebra_"), ["zebra_x"]);
    assert.deepEqual(await find(`zebra ${"x".repeat(90)}`), [`ZEBRA ${"x".repeat(100)}`]);
    assert.deepEqual(await find("'; drop table rooms"), []);
    const all = await find("");
    assert.ok(all.includes("Lobby") && all.includes("zeb"));
    const guest = await signInAsGuest(client, "Passing By");
    assert.ok((await readAll(guest, { directory: true, query: "lobby" })).length === 1);
    const { nextPageToken: pageToken } = await client.unary(
      listRooms,
      { directory: true, pageSize: 1 },
      dora,
    );
    const foreign = client.unary(listRooms, { directory: true, query: "zeb", pageToken }, dora);
    await assertRefused(foreign, status.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token");
  });
});
