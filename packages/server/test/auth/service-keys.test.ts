import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type CallOptions, refusalOf } from "../support/client.ts";
import {
  assertEnds,
  assertOpen,
  auditOf,
  giveRole,
  listen,
  operatorClient,
  type Person,
  register,
  signInAsGuest,
} from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, updateUser, updateUserAccess, deleteUser, createUser } = v1.UserService.method;
const { createServiceKey, listServiceKeys, deleteServiceKey } = v1.AdminService.method;
const { createSession, listSessions } = v1.AuthService.method;
const { sendMessage } = simple.ChatService.method;

const me = { key: { case: "userId", value: "me" } } as const;

for (const runtime of runtimes) {
  describe(`service keys on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const operator = operatorClient(server);
    after(() => operator[Symbol.dispose]());

    /** The options of calls with a new key. */
    async function keyNamed(name: string): Promise<{ token: string; userId: string }> {
      const { key, serviceKey } = await operator.unary(createServiceKey, { name });
      return { token: key, userId: serviceKey?.userId ?? "" };
    }

    const actingAs = ({ token }: CallOptions & { readonly token: string }, userId: string) => ({
      token,
      metadata: { "x-confab-act-as": userId },
    });
    const whoIs = async (options: CallOptions) => (await client.unary(getUser, me, options)).user;

    test("a key is shown once, and is an account of its own with the role of a service", async () => {
      const created = await operator.unary(createServiceKey, { name: "Back.End" });
      assert.match(created.key, /^cfk_[\w-]{43}$/);
      assert.equal(created.serviceKey?.name, "back.end");
      const user = await whoIs({ token: created.key });
      assert.deepEqual(
        [user?.id, user?.handle, user?.kind, user?.role],
        [created.serviceKey?.userId, "Back.End", v1.UserKind.BOT, v1.SystemRole.SERVICE],
      );
      const { serviceKeys } = await operator.unary(listServiceKeys, {});
      assert.deepEqual(serviceKeys, [created.serviceKey]);
      const [entry] = await auditOf(server, user?.id ?? "");
      assert.deepEqual([entry?.action, entry?.targetId], ["service-key-created", user?.id]);
    });

    test("a name that is taken, by a key or by an account, or is none, is refused", async () => {
      await register(client, "ada");
      await keyNamed("taken");
      for (const name of ["taken", "TAKEN", "ada"]) {
        const refusal = await refusalOf(operator.unary(createServiceKey, { name }));
        assert.deepEqual([refusal.reason, refusal.field], ["HANDLE_TAKEN", "name"]);
      }
      const refusal = await refusalOf(operator.unary(createServiceKey, { name: "no name" }));
      assert.deepEqual([refusal.reason, refusal.field], ["HANDLE_INVALID", "name"]);

      const renamed = await keyNamed("renamed");
      const user = { id: renamed.userId, handle: "another" };
      await operator.unary(updateUser, { user, updateMask: { paths: ["handle"] } });
      const again = await refusalOf(operator.unary(createServiceKey, { name: "renamed" }));
      assert.equal(again.reason, "HANDLE_TAKEN", "the key still has its name");
    });

    test("with a key the back end makes accounts and acts for users and guests", async () => {
      const key = await keyNamed("acts");
      const user = { handle: "made.by.host" };
      const made = await client.unary(createUser, { user, password: "quite a good one" }, key);
      const guest = await signInAsGuest(client, "Passing By");
      for (const id of [made.user?.id ?? "", guest.id]) {
        assert.equal((await whoIs(actingAs(key, id)))?.id, id);
        const change = { user: { id: "me", about: "by the host" }, updateMask: { paths: ["about"] } };
        await client.unary(updateUser, change, actingAs(key, id));
        const [entry] = await auditOf(server, id);
        assert.deepEqual(
          [entry?.action, entry?.actorId, entry?.serviceId, entry?.targetId],
          ["user-updated", id, key.userId, id],
        );
      }
      const spoken = await client.unary(sendMessage, { text: "hello" }, actingAs(key, made.user?.id ?? ""));
      assert.equal(spoken.userName, "made.by.host");
    });

    test("it does not act for administrators, other services, the suspended or nobody", async () => {
      const key = await keyNamed("limited");
      const other = await keyNamed("other.service");
      const admin = await register(client, "chief");
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      const suspended = await register(client, "suspended");
      await operator.unary(updateUserAccess, { userId: suspended.id, state: v1.UserState.SUSPENDED });
      const gone = await register(client, "gone");
      await client.unary(deleteUser, { userId: "me" }, gone);
      const cases = [
        [admin.id, "NOT_PERMITTED"],
        [other.userId, "NOT_PERMITTED"],
        [key.userId, "NOT_PERMITTED"],
        [suspended.id, "SUSPENDED"],
        [gone.id, "USER_NOT_FOUND"],
        ["nobody", "USER_NOT_FOUND"],
        ["me", "USER_NOT_FOUND"],
        [`${admin.id}, ${suspended.id}`, "USER_NOT_FOUND"],
      ] as const;
      for (const [userId, reason] of cases) {
        assert.equal((await refusalOf(whoIs(actingAs(key, userId)))).reason, reason, userId);
      }
    });

    test("only a key may act for others: with any other token, or none, the call is refused", async () => {
      const [person, other] = [await register(client, "person"), await register(client, "victim")];
      await giveRole(server, person, v1.SystemRole.ADMIN);
      for (const options of [actingAs(person, other.id), { metadata: { "x-confab-act-as": other.id } }]) {
        for (const attempt of [
          () => client.unary(getUser, me, options),
          () => client.unary(sendMessage, { userName: "a guest", text: "hello" }, options),
          () => client.unary(createSession, {}, options),
        ]) {
          const { code, reason } = await refusalOf(attempt());
          assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
        }
      }
    });

    test("the token alone says who calls: ids in other metadata or in the request change nothing", async () => {
      const [person, other] = [await register(client, "own"), await register(client, "other")];
      const metadata = Object.fromEntries(
        [
          "x-user-id",
          "x-user",
          "user-id",
          "x-forwarded-user",
          "x-confab-user-id",
          "x-confab-role",
          "sub",
        ].map((name) => [name, other.id]),
      );
      const options = { token: person.token, metadata };
      assert.equal((await whoIs(options))?.id, person.id);
      const spoken = await client.unary(sendMessage, { userName: "other", text: "hello" }, options);
      assert.equal(spoken.userName, "own");
      const change = { user: { id: other.id, about: "x" }, updateMask: { paths: ["about"] } };
      assert.equal((await refusalOf(client.unary(updateUser, change, options))).reason, "NOT_PERMITTED");
      const asking = client.unary(listSessions, { userId: other.id }, options);
      assert.equal((await refusalOf(asking)).reason, "NOT_PERMITTED");
      const [entry] = await auditOf(server, person.id);
      assert.deepEqual([entry?.actorId, entry?.serviceId], [person.id, ""]);
    });

    test("a key that is deleted stops working at once, and its streams end", async () => {
      const key = await keyNamed("short-lived");
      const person = await register(client, "listener");
      const acting = actingAs(key, person.id);
      await whoIs(acting);
      const [own, others] = [await listen(client, key), await listen(client, acting)];
      const theirs = await listen(client, person);
      await assertEnds(own, "SESSION_REVOKED", () =>
        assertEnds(others, "SESSION_REVOKED", () =>
          operator.unary(deleteServiceKey, { name: "Short-Lived" }),
        ),
      );
      for (const options of [key, acting]) {
        const { code, reason } = await refusalOf(whoIs(options));
        assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "TOKEN_INVALID"]);
      }
      await assertOpen(client, theirs);
      const again = await refusalOf(operator.unary(deleteServiceKey, { name: "short-lived" }));
      assert.deepEqual([again.code, again.reason], [status.NOT_FOUND, "SERVICE_KEY_NOT_FOUND"]);
      const asking = { key: { case: "userId", value: key.userId } } as const;
      const { user } = await client.unary(getUser, asking, person);
      assert.deepEqual([user?.state, user?.handle], [v1.UserState.ERASED, ""]);
      assert.notEqual((await keyNamed("short-lived")).token, key.token);
    });

    test("a service that is suspended or deleted stops at once, and its streams end", async () => {
      const person = await register(client, "served");
      const acts = {
        "suspended.service": (userId: string) =>
          operator.unary(updateUserAccess, { userId, state: v1.UserState.SUSPENDED }),
        "deleted.service": (userId: string) => operator.unary(deleteUser, { userId }),
      };
      for (const [name, act] of Object.entries(acts)) {
        const key = await keyNamed(name);
        await whoIs(key);
        const [own, acting] = [await listen(client, key), await listen(client, actingAs(key, person.id))];
        const reason = name === "suspended.service" ? "SUSPENDED" : "TOKEN_INVALID";
        await assertEnds(own, reason, () => assertEnds(acting, reason, () => act(key.userId)));
        for (const options of [key, actingAs(key, person.id)]) await refusalOf(whoIs(options));
      }
    });

    test("the streams that a service has opened for a user end when the user is suspended or deleted", async () => {
      const key = await keyNamed("acts.for.many");
      const [first, second] = [await register(client, "first"), await register(client, "second")];
      const stays = await listen(client, key);
      await assertEnds(await listen(client, actingAs(key, first.id)), "SUSPENDED", () =>
        operator.unary(updateUserAccess, { userId: first.id, state: v1.UserState.SUSPENDED }),
      );
      await assertEnds(await listen(client, actingAs(key, second.id)), "USER_NOT_FOUND", () =>
        client.unary(deleteUser, { userId: "me" }, second),
      );
      await assertOpen(client, stays);
    });

    test("what looks like a key and is none is refused", async () => {
      const key = await keyNamed("genuine");
      for (const token of [
        "cfk_",
        `cfk_${"x".repeat(43)}`,
        `${key.token}x`,
        key.token.slice(0, -1),
        key.token.slice(4),
      ]) {
        assert.equal((await refusalOf(whoIs({ token }))).reason, "TOKEN_INVALID", token);
      }
      const person: Person = await register(client, "plain");
      assert.equal((await refusalOf(client.unary(listServiceKeys, {}, person))).reason, "NOT_PERMITTED");
      assert.equal(
        (await refusalOf(client.unary(createServiceKey, { name: "more" }, key))).reason,
        "NOT_PERMITTED",
      );
    });
  });
}
