import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import type { CallOptions, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { operatorClient, register, signIn, signInAsGuest } from "../support/people.ts";
import { join, openRoom, openRoomWith } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateUser, updateUserAccess, deleteUser } = v1.UserService.method;
const { createServiceKey, deleteServiceKey } = v1.AdminService.method;
const { addMembers } = v1.RoomService.method;

/** The profiles that a stream has brought, in order. */
function profilesIn({ replicas }: LiveReader): readonly v1.User[] {
  return replicas.signals.flatMap(({ change, roomId, revision, actorId }) => {
    if (change.case !== "user") return [];
    assert.deepEqual([roomId, revision, actorId], ["", 0n, ""]);
    return [change.value];
  });
}

async function change(
  client: TestClient,
  person: CallOptions,
  fields: MessageInitShape<typeof v1.UserSchema>,
  ...paths: string[]
): Promise<void> {
  await client.unary(updateUser, { user: { id: "me", ...fields }, updateMask: { paths } }, person);
}

for (const runtime of runtimes) {
  describe(`profiles are live, on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");
    const kay = await register(client, "kay");
    const operator = operatorClient(server);

    test("a change is told once to each who shares a room, and to one's own devices, as GetUser says it", async () => {
      await openRoomWith(client, ada, grace);
      await openRoomWith(client, grace, ada);
      using sharer = await LiveReader.open(client, grace);
      using subscriber = await LiveReader.open(client, grace, { isSubscriber: true });
      using own = await LiveReader.open(client, ada);
      using stranger = await LiveReader.open(client, kay);
      await change(client, ada, { displayName: "Ada Lovelace" }, "display_name");
      for (const reader of [sharer, subscriber, own]) {
        await reader.until(() => profilesIn(reader).length > 0, "the profile");
      }
      const key = { case: "userId", value: ada.id } as const;
      const { user } = await client.unary(v1.UserService.method.getUser, { key }, grace);
      assert.equal(user?.displayName, "Ada Lovelace");
      await change(client, kay, { about: "a stranger" }, "about");
      await stranger.until(() => profilesIn(stranger).length > 0, "one's own profile");
      for (const reader of [sharer, subscriber, own]) assert.deepEqual(profilesIn(reader), [user]);
      assert.deepEqual(
        profilesIn(stranger).map(({ id }) => id),
        [kay.id],
        "who shares no room hears of themselves alone",
      );
    });

    test("a suspension, its end and an erasure are told, to those who shared a room until then", async () => {
      const hedy = await register(client, "hedy");
      const roomId = await openRoomWith(client, ada, hedy, grace);
      using reader = await LiveReader.open(client, grace);
      const last = () => profilesIn(reader).at(-1);
      const setState = (state: v1.UserState) => operator.unary(updateUserAccess, { userId: hedy.id, state });
      const { SUSPENDED, ACTIVE, ERASED } = v1.UserState;
      await setState(SUSPENDED);
      await reader.until(() => last()?.state === SUSPENDED, "the suspension");
      await setState(ACTIVE);
      await reader.until(() => last()?.state === ACTIVE, "the end of it");
      await client.unary(deleteUser, { userId: "me" }, await signIn(client, "hedy"));
      await reader.until(() => last()?.state === ERASED, "the erasure");
      const { id, handle, displayName } = last() ?? {};
      assert.deepEqual([id, handle, displayName], [hedy.id, "", ""]);
      await reader.until(
        () => reader.replicas.get(roomId).members.get(hedy.id)?.state === v1.MemberState.LEFT,
      );

      const { serviceKey } = await operator.unary(createServiceKey, { name: "till" });
      const botId = serviceKey?.userId ?? "";
      await operator.unary(addMembers, { roomId, userIds: [botId] });
      await operator.unary(deleteServiceKey, { name: "till" });
      await reader.until(() => last()?.id === botId && last()?.state === ERASED, "the bot's erasure");
    });

    test("a guest who is renamed because an account takes the name is told under the new one", async () => {
      const guest = await signInAsGuest(client, "Linus");
      const roomId = await openRoomWith(client, ada, guest);
      await join(client, grace, roomId);
      using reader = await LiveReader.open(client, grace);
      await register(client, "linus");
      await reader.until(() => profilesIn(reader).length > 0, "the guest's profile");
      assert.deepEqual(
        profilesIn(reader).map(({ id, displayName }) => [id, displayName]),
        [[guest.id, "Linus (guest)"]],
      );
      operator[Symbol.dispose]();
    });
  });
}

describe("profiles of", async () => {
  const dataDir = temporaryFolder();
  const clock = Date.UTC(2030, 0, 1);
  const seed = {
    users: { ada: {}, grace: {}, hedy: {} },
    rooms: { engine: { owner: "ada", isPublic: true, members: { grace: "member", hedy: "member" } } },
  } as const;
  const { server, client } = await forSuite(createTestServer({ seed, clock, dataDir }));
  const operator = operatorClient({ dataDir });
  const as = (name: keyof typeof seed.users) => ({ token: server.users[name].accessToken });

  test("someone who changes much at once come as the first and, a second later, the last", async () => {
    using reader = await LiveReader.open(client, as("grace"));
    for (let count = 1; count <= 20; count++) {
      await change(client, as("ada"), { displayName: `Ada ${count}` }, "display_name");
    }
    await reader.until(() => profilesIn(reader).length === 1, "the first");
    await server.clock.advance(999);
    assert.equal(profilesIn(reader).length, 1);
    await server.clock.advance(1);
    await reader.until(() => profilesIn(reader).length === 2, "the last");
    assert.equal(profilesIn(reader)[1]?.displayName, "Ada 20");
    assert.equal(profilesIn(reader)[1]?.etag, "21");
    await server.clock.advance(10_000);
    assert.equal(profilesIn(reader).length, 2, "nothing more is due");
  });

  test("the members of a room of more than 500 are told to nobody", async () => {
    const owner = { ...as("ada"), id: server.users.ada.id } as never;
    const roomId = await openRoom(client, owner, { title: "Large" });
    const guests = await Promise.all(
      Array.from({ length: 499 }, async (_, index) => {
        const guest = await signInAsGuest(client, `Guest ${index}`);
        await join(client, guest, roomId);
        return guest;
      }),
    );
    const [watcher, other] = guests;
    assert.ok(watcher && other);
    using reader = await LiveReader.open(client, watcher);
    await change(client, other, { about: "one of 500" }, "about");
    await reader.until(() => profilesIn(reader).length === 1, "the profile in a room of 500");
    await join(client, await signInAsGuest(client, "One more"), roomId);
    await server.clock.advance(1_000);
    await change(client, other, { about: "one of 501" }, "about");
    await change(client, watcher, { about: "my own" }, "about");
    await reader.until(() => profilesIn(reader).length === 2, "one's own profile");
    assert.equal(profilesIn(reader)[1]?.about, "my own");
  });

  test("someone whose suspension or role ends by itself come when it ends", async () => {
    using reader = await LiveReader.open(client, as("grace"));
    const userId = server.users.hedy.id;
    const untilTime = timestampFromMs(server.clock.now() + 3_600_000);
    const last = () => profilesIn(reader).at(-1);
    const { SUSPENDED, ACTIVE } = v1.UserState;
    await operator.unary(updateUserAccess, { userId, state: SUSPENDED, untilTime });
    await reader.until(() => last()?.state === SUSPENDED, "the suspension");
    await server.clock.advance(3_600_000);
    await reader.until(() => last()?.state === ACTIVE, "its end");

    const role = v1.SystemRole.MODERATOR;
    const roleEnd = timestampFromMs(server.clock.now() + 3_600_000);
    await server.clock.advance(1_000);
    await operator.unary(updateUserAccess, { userId, role, untilTime: roleEnd });
    await reader.until(() => last()?.role === role, "the role");
    await server.clock.advance(3_600_000);
    await reader.until(() => last()?.role === v1.SystemRole.USER, "its end");
    assert.ok(profilesIn(reader).every(({ id }) => id === userId));
    operator[Symbol.dispose]();
  });
});
