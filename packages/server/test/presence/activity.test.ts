import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { LiveReader } from "../support/live-reader.ts";
import { type Person, register, signIn } from "../support/people.ts";
import { join, leave, openRoomWith } from "../support/room-acts.ts";
import { membersOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";

const { signalActivity } = v1.ChatService.method;
const { updateUser, updateRelationship } = v1.UserService.method;
const { ONLINE, AWAY, OFFLINE, UNSPECIFIED } = v1.Activity;

/** Returns the activity that has the name of a member's presence. */
function toActivity({ presence }: v1.Member): v1.Activity {
  return v1.Activity[v1.Presence[presence] as keyof typeof v1.Activity];
}

for (const runtime of runtimes) {
  describe(`activity on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    let count = 0;
    const newPerson = (): Promise<Person> => register(client, `person-${count++}`);

    const say = (person: Person, activity: v1.Activity) => client.unary(signalActivity, { activity }, person);

    /** Returns the presences of someone that the reader has received, in order, with Ready among them. */
    function toldOf({ frames }: LiveReader, { id }: Person): readonly (v1.Activity | "ready")[] {
      return frames.flatMap(({ frame }): (v1.Activity | "ready")[] => {
        if (frame.case === "ready") return ["ready"];
        if (frame.case !== "event" || frame.value.change.case !== "activity") return [];
        const { userId, activity } = frame.value.change.value;
        return userId === id ? [activity] : [];
      });
    }

    async function activityOf(person: Person, roomId: string, by: Person) {
      const member = (await membersOf(client, { id: roomId }, by)).get(person.id);
      return member && [toActivity(member), member.online, member.lastSeenTime !== undefined];
    }

    const becomes = (person: Person, roomId: string, by: Person, activity: v1.Activity) =>
      eventually(async () => (await activityOf(person, roomId, by))?.[0] === activity, "the activity");

    test("ListMembers tells it, and whoever connects later is told before Ready, once", async () => {
      const [ada, grace, kay] = [await newPerson(), await newPerson(), await newPerson()];
      const roomId = await openRoomWith(client, ada, grace, kay);
      await openRoomWith(client, ada, grace, kay);
      assert.deepEqual(await activityOf(grace, roomId, ada), [OFFLINE, false, false]);
      using _grace = await LiveReader.open(client, grace);
      using _kay = await LiveReader.open(client, kay, { isSubscriber: true });
      await say(grace, AWAY);
      await becomes(grace, roomId, ada, AWAY);
      await becomes(kay, roomId, ada, ONLINE);
      assert.deepEqual(await activityOf(grace, roomId, ada), [AWAY, true, false]);
      // Others hear of it at most once a second.
      await eventually(async () => {
        using late = await LiveReader.open(client, ada);
        return toldOf(late, grace)[0] === AWAY;
      }, "the news that she is away");

      for (const isSubscriber of [false, true]) {
        using late = await LiveReader.open(client, ada, { isSubscriber });
        assert.deepEqual(toldOf(late, grace), [AWAY, "ready"]);
        assert.deepEqual(toldOf(late, kay), [ONLINE, "ready"]);
        assert.deepEqual(toldOf(late, ada), ["ready"], "nobody is told of themselves");
      }
    });

    test("of several sessions the most present one counts; one without a stream does not", async () => {
      const [ada, desk] = [await newPerson(), await newPerson()];
      const [phone, watch] = [await signIn(client, desk.handle), await signIn(client, desk.handle)];
      const roomId = await openRoomWith(client, ada, desk);
      using _desk = await LiveReader.open(client, desk);
      const onPhone = await LiveReader.open(client, phone);
      await say(desk, AWAY);
      await say(watch, ONLINE);
      assert.deepEqual(await activityOf(desk, roomId, ada), [ONLINE, true, false], "the phone is in use");
      await say(phone, AWAY);
      assert.deepEqual(await activityOf(desk, roomId, ada), [AWAY, true, false]);
      await say(phone, ONLINE);
      assert.deepEqual(await activityOf(desk, roomId, ada), [ONLINE, true, false]);
      using _again = await LiveReader.open(client, desk);
      assert.deepEqual(await activityOf(desk, roomId, ada), [ONLINE, true, false]);
      onPhone[Symbol.dispose]();
      // Five seconds later only the desk counts, which has said that it is away.
      await becomes(desk, roomId, ada, AWAY);
    });

    test("who enters a room is told who is there, and nothing of who has left it", async () => {
      const [ada, grace, kay] = [await newPerson(), await newPerson(), await newPerson()];
      const roomId = await openRoomWith(client, ada, grace);
      using _ada = await LiveReader.open(client, ada);
      using _grace = await LiveReader.open(client, grace);
      using comer = await LiveReader.open(client, kay);
      await becomes(grace, roomId, ada, ONLINE);
      await becomes(ada, roomId, grace, ONLINE);
      await leave(client, grace, roomId);
      await join(client, kay, roomId);
      await comer.until(() => toldOf(comer, ada).includes(ONLINE), "those who are there");
      assert.deepEqual(toldOf(comer, ada), ["ready", ONLINE]);
      using again = await LiveReader.open(client, kay);
      assert.deepEqual(toldOf(again, grace), ["ready"]);
      assert.deepEqual(toldOf(again, ada), [ONLINE, "ready"]);
    });

    test("nobody is told of who hides it, or of either side of a block, and those look like who is not there", async () => {
      const [ada, grace, kay] = [await newPerson(), await newPerson(), await newPerson()];
      const roomId = await openRoomWith(client, ada, grace, kay);
      const hide = { user: { id: "me", hidePresence: true }, updateMask: { paths: ["hide_presence"] } };
      await client.unary(updateUser, hide, grace);
      await client.unary(updateRelationship, { relationship: { userId: ada.id, blocked: true } }, kay);
      using _grace = await LiveReader.open(client, grace);
      using _kay = await LiveReader.open(client, kay);
      using late = await LiveReader.open(client, ada);
      for (const person of [grace, kay]) {
        assert.deepEqual(toldOf(late, person), ["ready"]);
        assert.deepEqual(await activityOf(person, roomId, ada), [OFFLINE, false, false]);
      }
      using hidden = await LiveReader.open(client, grace);
      assert.deepEqual(toldOf(hidden, ada), ["ready"], "and who hides sees nobody");
      assert.deepEqual(await activityOf(ada, roomId, grace), [OFFLINE, false, false]);
      const invited = await membersOf(client, { id: roomId }, ada, v1.MemberState.LEFT);
      for (const member of invited.values()) assert.equal(toActivity(member), UNSPECIFIED);
    });
  });
}
