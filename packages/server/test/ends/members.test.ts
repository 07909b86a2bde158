import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { refusalOf, TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { membersOf, roomOf } from "../support/rooms.ts";
import { forSuite } from "../support/suite.ts";

const { addMembers, updateMember, removeMember, getRoom } = v1.RoomService.method;
const { sendMessage } = v1.ChatService.method;
const { MemberState } = v1;

const MINUTE_MS = 60_000;
const PEOPLE = ["ada", "grace", "kay", "liskov"] as const;

type Name = (typeof PEOPLE)[number];

describe("what is said of a member until a time", async () => {
  const users = Object.fromEntries(PEOPLE.map((name) => [name, {}])) as Record<Name, object>;
  const rooms = { engine: { owner: "ada", members: { grace: "member", kay: "member" } } } as const;
  const { server, client } = await forSuite(createTestServer({ seed: { users, rooms } }));

  async function as(name: Name): Promise<{ id: string; token: string }> {
    const { id, accessToken: token } = await server.signIn(server.users[name].id);
    return { id, token };
  }

  const inAMinute = () => timestampFromMs(server.clock.now() + MINUTE_MS);

  async function update(
    name: Name,
    fields: Partial<Omit<v1.Member, "$typeName">>,
    ...paths: string[]
  ): Promise<void> {
    const member = { roomId: server.rooms.engine.id, userId: server.users[name].id, ...fields };
    await client.unary(updateMember, { member, updateMask: { paths } }, await as("ada"));
  }

  /** Lets a minute pass but for a millisecond, and then that, and gives the changes that it has brought. */
  async function passAMinute(isSoUntilThen: () => Promise<void>): Promise<readonly v1.Event[]> {
    using reader = await LiveReader.open(client, await as("ada"));
    const frames = reader.frames.length;
    await server.clock.advance(MINUTE_MS - 1);
    await isSoUntilThen();
    await server.clock.advance(1);
    reader.command("end", { case: "sendMessage", value: { roomId: server.rooms.engine.id, text: "end" } });
    await reader.result("end");
    const events = reader.frames.slice(frames).map(({ frame }) => frame.value as v1.Event);
    return events.filter(({ change }) => change?.case === "member");
  }

  test("a membership ends in its millisecond, with a change that nobody made, and the room has one less", async () => {
    await update("grace", { expireTime: inAMinute() }, "expire_time");
    const { room } = { room: await roomOf(client, server.rooms.engine, await as("ada")) };
    const [event, ...more] = await passAMinute(async () => {
      const text = "still here";
      await client.unary(sendMessage, { roomId: room.id, text }, await as("grace"));
    });
    assert.deepEqual(more, []);
    const { change, actorId, roomId } = event ?? assert.fail("there was no event");
    assert.ok(change.case === "member");
    assert.deepEqual(
      [roomId, actorId, change.value.userId, change.value.state, change.value.expireTime],
      [room.id, "", server.users.grace.id, MemberState.LEFT, undefined],
    );
    const { memberCount } = await roomOf(client, room, await as("ada"));
    assert.equal(memberCount, room.memberCount - 1);
    const refusal = await refusalOf(client.unary(getRoom, { roomId: room.id }, await as("grace")));
    assert.equal(refusal.reason, "ROOM_NOT_FOUND");
    await server.clock.advance(MINUTE_MS);
    const { revision } = await roomOf(client, room, await as("ada"));
    await server.clock.advance(MINUTE_MS);
    assert.equal((await roomOf(client, room, await as("ada"))).revision, revision);
  });

  test("an invitation, a ban and a mute end too, and leave what else there was", async () => {
    const roomId = server.rooms.engine.id;
    const [grace, kay, liskov] = (["grace", "kay", "liskov"] as const).map((name) => server.users[name].id);
    const invitation = { roomId, userIds: [liskov ?? ""], expireTime: inAMinute() };
    await client.unary(addMembers, invitation, await as("ada"));
    await client.unary(addMembers, { roomId, userIds: [grace ?? ""] }, await as("ada"));
    await client.unary(addMembers, { roomId, userIds: ["me"] }, await as("grace"));
    await update("grace", { state: MemberState.BANNED, expireTime: inAMinute() }, "state", "expire_time");
    await update("kay", { mutedUntilTime: inAMinute() }, "muted_until_time");

    const events = await passAMinute(async () => {
      const post = client.unary(sendMessage, { roomId, text: "muted" }, await as("kay"));
      assert.equal((await refusalOf(post)).reason, "MUTED");
    });
    const now = events.map(({ change }) => {
      assert.ok(change.case === "member");
      const { userId, state, mutedUntilTime, expireTime } = change.value;
      return [userId, [state, mutedUntilTime, expireTime]] as const;
    });
    assert.deepEqual(
      new Map(now),
      new Map([
        [liskov, [MemberState.LEFT, undefined, undefined]],
        [grace, [MemberState.LEFT, undefined, undefined]],
        [kay, [MemberState.JOINED, undefined, undefined]],
      ]),
    );
    assert.equal(events.length, 3);
    assert.deepEqual(
      new Set((await membersOf(client, { id: roomId }, await as("ada"))).keys()),
      new Set([server.users.ada.id, kay]),
    );
    await client.unary(sendMessage, { roomId, text: "no longer muted" }, await as("kay"));
  });

  test("the reason of a ban outlasts the ban, and that of a removal the mute that the user had", async () => {
    await using other = await createTestServer({ seed: { users, rooms } });
    using client = new TestClient(other.address);
    const roomId = other.rooms.engine.id;
    const signIn = async (name: Name) => ({
      token: (await other.signIn(other.users[name].id)).accessToken,
    });
    const replicas = { grace: new Replicas(), kay: new Replicas() };
    for (const name of ["grace", "kay"] as const) {
      using _reader = await LiveReader.open(client, await signIn(name), { replicas: replicas[name] });
    }
    const [grace, kay] = [other.users.grace.id, other.users.kay.id];
    const end = timestampFromMs(other.clock.now() + MINUTE_MS);
    const ban = { roomId, userId: grace, state: MemberState.BANNED, expireTime: end };
    const banned = { member: ban, updateMask: { paths: ["state", "expire_time"] }, reason: "spam" };
    await client.unary(updateMember, banned, await signIn("ada"));
    const mute = { roomId, userId: kay, mutedUntilTime: end };
    const muted = { member: mute, updateMask: { paths: ["muted_until_time"] } };
    await client.unary(updateMember, muted, await signIn("ada"));
    await client.unary(removeMember, { roomId, userId: kay, reason: "loud" }, await signIn("ada"));
    await other.clock.advance(MINUTE_MS);
    for (const [name, reason] of [
      ["grace", "spam"],
      ["kay", "loud"],
    ] as const) {
      using reader = await LiveReader.open(client, await signIn(name), { replicas: replicas[name] });
      const own = reader.frames.flatMap(({ frame }) =>
        frame.case === "event" && frame.value.change.case === "member" ? [frame.value.change.value] : [],
      );
      assert.deepEqual(
        own.map((member) => [member.state, member.reason]),
        [[MemberState.LEFT, reason]],
      );
    }
  });

  test("more of them than one transaction ends all end", async () => {
    const COUNT = 510;
    const names = Array.from({ length: COUNT }, (_, index) => `user-${index}`);
    const users: Record<string, object> = Object.fromEntries(["owner", ...names].map((name) => [name, {}]));
    await using large = await createTestServer({
      seed: { users, rooms: { hall: { owner: "owner" } } },
    });
    using other = new TestClient(large.address);
    const by = { token: large.users.owner?.accessToken ?? "" };
    const { hall } = large.rooms;
    const expireTime = timestampFromMs(large.clock.now() + MINUTE_MS);
    const ids = names.map((name) => large.users[name]?.id ?? "");
    for (let start = 0; start < COUNT; start += 100) {
      const userIds = ids.slice(start, start + 100);
      await other.unary(addMembers, { roomId: hall.id, userIds, expireTime }, by);
    }
    const before = await roomOf(other, hall, by);
    await large.clock.advance(MINUTE_MS);
    const after = await roomOf(other, hall, by);
    assert.equal(after.revision - before.revision, BigInt(COUNT));
    assert.equal((await membersOf(other, hall, by, MemberState.INVITED)).size, 0);
  });
});
