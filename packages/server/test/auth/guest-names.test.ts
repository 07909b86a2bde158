import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { simple, v1 } from "@confab/protocol";
import { refusalOf, TestClient } from "../support/client.ts";
import { operatorClient, register, signInAsGuest } from "../support/people.ts";
import { RoomActs, roomOf } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, updateUser, updateUserAccess, deleteUser } = v1.UserService.method;
const { sendMessage } = simple.ChatService.method;

describe("the name of a guest that becomes the handle of an account", async () => {
  const { client } = await forSuite(startServerProcess({ runtime: "node" }));

  const say = async (text: string, as: { token: string }) =>
    (await client.unary(sendMessage, { text }, as)).userName;
  const nameOf = async (as: { token: string }) =>
    (await client.unary(getUser, { key: { case: "userId", value: "me" } }, as)).user?.displayName;

  for (const [way, take] of [
    ["by registering", (handle: string) => register(client, handle)],
    [
      "by another handle",
      async (handle: string) => {
        const person = await register(client, `before-${handle}`);
        const change = { user: { id: "me", handle }, updateMask: { paths: ["handle"] } };
        await client.unary(updateUser, change, person);
        return person;
      },
    ],
  ] as const) {
    test(`does not silence the guest, who is marked as one: ${way}`, async () => {
      const handle = way.replaceAll(" ", "-");
      const name = handle.toUpperCase();
      const guest = await signInAsGuest(client, name);
      assert.deepEqual([await say("before", guest), await nameOf(guest)], [name, name]);
      const person = await take(handle);
      assert.equal(await say("after", guest), `${name} (guest)`);
      assert.equal(await say("mine", person), handle);
      assert.equal(await nameOf(guest), `${name} (guest)`);
      const renaming = { user: { id: "me", displayName: name }, updateMask: { paths: ["display_name"] } };
      const refusal = await refusalOf(client.unary(updateUser, renaming, guest));
      assert.deepEqual([refusal.reason, refusal.field], ["NAME_HELD", "display_name"]);
      assert.equal((await refusalOf(signInAsGuest(client, handle))).reason, "NAME_HELD");
    });
  }

  test("no account takes the name of the guests who have none", async () => {
    const guest = await signInAsGuest(client, "");
    assert.equal((await refusalOf(register(client, "Guest"))).reason, "HANDLE_INVALID");
    assert.equal(await say("hello", guest), "Guest");
  });
});

test("a guest of the simple contract is bound by what moderators decide about them", async () => {
  await using server = await startServerProcess({ runtime: "node" });
  using client = new TestClient(server.address);
  using operator = operatorClient(server);
  const acts = new RoomActs(operator);
  const speak = (userName = "Pest") => client.unary(sendMessage, { userName, text: "hello" });
  const refused = async () => {
    const { code, reason, field } = await refusalOf(speak());
    return [code, reason, field];
  };
  await speak();
  const lobby = await roomOf(operator, { id: "lobby" }, {});
  const guest = { id: lobby.lastMessage?.senderId ?? "" };

  await acts.change({}, lobby, guest, { state: v1.MemberState.BANNED }, "state");
  assert.deepEqual(await refused(), [7, "BANNED", undefined]);
  await speak("Another");
  await acts.change({}, lobby, guest, { state: v1.MemberState.LEFT }, "state");
  assert.equal((await speak()).userName, "Pest");
  const mute = { mutedUntilTime: timestampFromMs(Date.now() + 3_600_000) };
  await acts.add({}, lobby, { userIds: [guest.id] });
  await acts.change({}, lobby, guest, mute, "muted_until_time");
  assert.deepEqual(await refused(), [7, "MUTED", undefined]);
  await acts.remove({}, lobby, guest);

  await operator.unary(updateUserAccess, { userId: guest.id, state: v1.UserState.SUSPENDED });
  assert.deepEqual(await refused(), [7, "SUSPENDED", undefined]);
  await operator.unary(updateUserAccess, { userId: guest.id, state: v1.UserState.ACTIVE });
  assert.deepEqual(await refused(), [7, "MUTED", undefined], "a mute outlasts the membership");

  await operator.unary(deleteUser, { userId: guest.id, eraseMessages: true });
  assert.deepEqual(await refused(), [7, "NAME_HELD", "user_name"], "nothing is stored, to be erased at once");
});
