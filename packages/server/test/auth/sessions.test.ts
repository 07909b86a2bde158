import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type CallOptions, readRefusal, refusalOf, streamError } from "../support/client.ts";
import {
  assertEnds,
  assertOpen,
  auditOf,
  giveRole,
  listen,
  operatorClient,
  PASSWORD,
  type Person,
  register,
  signIn,
  signInAsGuest,
} from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, changePassword, updateUserAccess, deleteUser } = v1.UserService.method;
const { createSession, listSessions, deleteSession } = v1.AuthService.method;
const { resetPassword } = v1.AdminService.method;

const me = { key: { case: "userId", value: "me" } } as const;

for (const runtime of runtimes) {
  describe(`sessions on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const operator = operatorClient(server);
    after(() => operator[Symbol.dispose]());

    const whoIs = (options: CallOptions) => client.unary(getUser, me, options);

    async function assertSignedOut(person: Person): Promise<void> {
      const { code, reason } = await refusalOf(whoIs(person));
      assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
    }

    test("signing out ends that session and its streams, and no other", async () => {
      const phone = await register(client, "ada");
      const laptop = await signIn(client, "ada");
      const [onPhone, onLaptop] = [await listen(client, phone), await listen(client, laptop)];
      await assertEnds(onPhone, "SESSION_REVOKED", () => client.unary(deleteSession, {}, phone));
      await assertSignedOut(phone);
      assert.equal((await whoIs(laptop)).user?.id, laptop.id);
      await assertOpen(client, onLaptop);
      const [entry] = await auditOf(server, phone.id);
      assert.deepEqual(
        [entry?.action, entry?.actorId, entry?.targetId],
        ["sign-out", phone.id, phone.sessionId],
      );
    });

    test("users can end another of their sessions, or all at once", async () => {
      const first = await register(client, "grace");
      const [second, third] = [await signIn(client, "grace"), await signIn(client, "grace")];
      const ended = await client.unary(deleteSession, { sessionId: second.sessionId }, first);
      assert.equal(ended.deletedCount, 1);
      await assertSignedOut(second);
      await assertEnds(await listen(client, third), "SESSION_REVOKED", async () => {
        assert.equal((await client.unary(deleteSession, { all: true }, first)).deletedCount, 2);
      });
      for (const person of [first, third]) await assertSignedOut(person);
    });

    test("another's session is not there to be ended or seen", async () => {
      const [own, others] = [await register(client, "own"), await register(client, "others")];
      const ending = client.unary(deleteSession, { sessionId: others.sessionId }, own);
      assert.equal((await refusalOf(ending)).reason, "SESSION_NOT_FOUND");
      for (const attempt of [
        () => client.unary(deleteSession, { userId: others.id, all: true }, own),
        () => client.unary(deleteSession, { userId: others.id, sessionId: others.sessionId }, own),
        () => client.unary(listSessions, { userId: others.id }, own),
      ]) {
        const { code, reason } = await refusalOf(attempt());
        assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      }
      assert.equal((await whoIs(others)).user?.id, others.id);
    });

    test("an administrator sees and ends another's sessions", async () => {
      const [admin, user] = [await register(client, "chief"), await register(client, "watched")];
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      const { sessions } = await client.unary(listSessions, { userId: user.id }, admin);
      assert.deepEqual(
        sessions.map(({ id, userId }) => [id, userId]),
        [[user.sessionId, user.id]],
      );
      await client.unary(deleteSession, { userId: user.id, sessionId: user.sessionId }, admin);
      await assertSignedOut(user);
    });

    test("a session id and all at once is a contradiction", async () => {
      const person = await register(client, "contradicts");
      const refusal = await refusalOf(client.unary(deleteSession, { sessionId: "x", all: true }, person));
      assert.deepEqual([refusal.reason, refusal.field], ["FIELD_INVALID", "session_id"]);
    });

    test("changing the password ends every other session and its streams; this one stays", async () => {
      const here = await register(client, "changer");
      const elsewhere = await signIn(client, "changer");
      const [stays, ends] = [await listen(client, here), await listen(client, elsewhere)];
      await assertEnds(ends, "SESSION_REVOKED", () =>
        client.unary(changePassword, { currentPassword: PASSWORD, newPassword: "quite another one" }, here),
      );
      await assertSignedOut(elsewhere);
      assert.equal((await whoIs(here)).user?.id, here.id);
      await assertOpen(client, stays);
    });

    test("a password that an administrator resets ends every session", async () => {
      const person = await register(client, "forgetful");
      await assertEnds(await listen(client, person), "SESSION_REVOKED", () =>
        operator.unary(resetPassword, { userId: person.id, newPassword: "quite another one" }),
      );
      await assertSignedOut(person);
    });

    test("suspending or deleting an account ends all of its sessions and streams", async () => {
      const acts = {
        suspended: [
          "SUSPENDED",
          (userId: string) => operator.unary(updateUserAccess, { userId, state: v1.UserState.SUSPENDED }),
        ],
        deleted: ["SESSION_REVOKED", (userId: string) => operator.unary(deleteUser, { userId })],
      } as const;
      for (const [handle, [reason, act]] of Object.entries(acts)) {
        const first = await register(client, handle);
        const second = await signIn(client, handle);
        const other = streamError(await listen(client, second));
        await assertEnds(await listen(client, first), reason, () => act(first.id));
        assert.equal(readRefusal(await other).reason, reason);
        for (const person of [first, second]) await assertSignedOut(person);
      }
    });

    test("the simple contract's token ends like any other", async () => {
      await register(client, "simple");
      const { token } = await client.unary(simple.UserService.method.login, {
        name: "simple",
        password: PASSWORD,
      });
      const { sessions } = await client.unary(listSessions, {}, { token });
      const lifetimes = sessions.map(
        ({ createTime, expireTime }) =>
          createTime && expireTime && timestampMs(expireTime) - timestampMs(createTime),
      );
      assert.deepEqual(lifetimes.sort(), [12 * 3_600_000, 30 * 24 * 3_600_000].sort());
      const stream = await listen(client, { token });
      await assertEnds(stream, "SESSION_REVOKED", () => client.unary(deleteSession, {}, { token }));
      assert.equal((await refusalOf(whoIs({ token }))).reason, "SESSION_REVOKED");
    });

    test("a guest's session is an account of its own, with a token like any other", async () => {
      const guest = await signInAsGuest(client, "Someone Passing By");
      const { user } = await whoIs(guest);
      assert.deepEqual(
        [user?.handle, user?.displayName, user?.kind, user?.role],
        ["", "Someone Passing By", v1.UserKind.GUEST, v1.SystemRole.GUEST],
      );
      await client.unary(deleteSession, {}, guest);
      await assertSignedOut(guest);
    });

    test("a device is named by its owner, and a name that can't be shown is refused", async () => {
      const person = await register(client, "owner");
      const credential = { case: "password", value: { handle: "owner", password: PASSWORD } } as const;
      const { session } = await client.unary(createSession, { credential, deviceName: "Ada’s phone 📱" });
      assert.equal(session?.deviceName, "Ada’s phone 📱");
      for (const deviceName of ["x".repeat(65), "two\nlines", "\u001b[2J"]) {
        const refusal = await refusalOf(client.unary(createSession, { credential, deviceName }));
        assert.equal(refusal.field, "device_name");
      }
      const { sessions } = await client.unary(listSessions, {}, person);
      assert.equal(sessions.length, 2, "a refused device has left no session");
    });

    test("sessions are listed in pages, and the 21st ends the one that was unused longest", async () => {
      const first = await register(client, "many");
      const people = [first];
      for (let count = 0; count < 19; count++) people.push(await signIn(client, "many"));
      const seen: string[] = [];
      for (let pageToken = ""; ; ) {
        const page = await client.unary(listSessions, { pageSize: 7, pageToken }, first);
        seen.push(...page.sessions.map(({ id }) => id));
        pageToken = page.nextPageToken;
        if (pageToken === "") break;
        assert.equal(page.sessions.length, 7);
      }
      assert.deepEqual(seen.sort(), people.map(({ sessionId }) => sessionId).sort());
      await assertEnds(await listen(client, first), "SESSION_REVOKED", () => signIn(client, "many"));
      await assertSignedOut(first);
    });
  });
}
