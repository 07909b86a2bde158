import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { Collector, refusalOf } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { auditOf, listen, operatorClient, PASSWORD, register, signIn } from "../support/people.ts";
import { isOnPostgres } from "../support/postgres.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createUser, getUser, updateUser, updateRelationship, listRelationships, deleteUser } =
  v1.UserService.method;
const { createSession } = v1.AuthService.method;
const { deleteServiceKey, createServiceKey } = v1.AdminService.method;
const { sendMessage } = simple.ChatService.method;

/** Everything that an account leaves behind; each text is found nowhere else. */
function traces(of: string) {
  return {
    handle: `${of}-handle`,
    displayName: `${of} display name`,
    about: `${of} about text`,
    avatar: `${of}.avatar.test`,
    label: `${of} label value`,
    device: `${of} device name`,
    former: `${of} former text `.repeat(20),
  } as const;
}

for (const runtime of runtimes) {
  describe(`erasing an account on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const { server, client } = await forSuite(startServerProcess({ runtime, dataDir }));
    after(() => rmSync(dataDir, { recursive: true }));

    /** Makes an account that has left every trace there is, and three messages. */
    async function leaveTraces(name: string): Promise<{ id: string; token: string }> {
      const { handle, displayName, about, avatar, label, device, former } = traces(name);
      const user = {
        handle,
        displayName,
        about: former,
        avatarUrl: `https://${avatar}/`,
        labels: { team: label },
      };
      using operator = operatorClient(server);
      await operator.unary(createUser, { user, password: PASSWORD });
      const credential = { case: "password", value: { handle, password: PASSWORD } } as const;
      const { session, accessToken } = await client.unary(createSession, { credential, deviceName: device });
      await client.unary(
        updateUser,
        { user: { id: "me", about }, updateMask: { paths: ["about"] } },
        { token: accessToken },
      );
      for (const count of [1, 2, 3]) {
        await client.unary(sendMessage, { text: `${name} message ${count}` }, { token: accessToken });
      }
      return { id: session?.userId ?? "", token: accessToken };
    }

    test("asked to, it only counts what would go, and nothing goes", async () => {
      const person = await leaveTraces("counted");
      const other = await register(client, "other");
      await client.unary(updateRelationship, { relationship: { userId: other.id, muted: true } }, person);
      await client.unary(updateRelationship, { relationship: { userId: person.id, blocked: true } }, other);
      const counts = {
        users: 1n,
        credentials: 1n,
        sessions: 1n,
        service_keys: 0n,
        relationships: 1n,
        members: 0n,
        reactions: 0n,
      };
      const request = { userId: "me", validateOnly: true };
      assert.deepEqual((await client.unary(deleteUser, request, person)).erased, counts);
      const withMessages = await client.unary(deleteUser, { ...request, eraseMessages: true }, person);
      assert.deepEqual(withMessages.erased, { ...counts, relationships: 2n, messages: 3n });
      const { user } = await client.unary(getUser, { key: { case: "userId", value: "me" } }, person);
      assert.equal(user?.handle, "counted-handle");

      const really = { userId: "me", eraseMessages: true };
      assert.deepEqual((await client.unary(deleteUser, really, person)).erased, withMessages.erased);
      assert.deepEqual((await client.unary(listRelationships, {}, other)).relationships, []);
    });

    test("its messages stay, nameless", async () => {
      const person = await leaveTraces("nameless");
      const texts = traces("nameless");
      const listener = await register(client, "listener1");
      const { former: _former, ...current } = texts;
      if (!isOnPostgres)
        assert.equal(new Set(findInFiles(dataDir, current).map((found) => found.split(" in ")[0])).size, 6);
      await client.unary(deleteUser, { userId: "me" }, person);
      const heard = new Collector(await listen(client, listener));
      await heard.until(({ text }) => text === "nameless message 3");
      const left = heard.messages.filter(({ text }) => text.startsWith("nameless"));
      assert.deepEqual(
        left.map(({ userName }) => userName),
        Array(3).fill("deleted user"),
      );
    });

    test("its messages go too where that is asked for, and whoever listens goes on listening", async () => {
      const person = await leaveTraces("silenced");
      const listener = await register(client, "listener2");
      const stream = await listen(client, listener);
      const early = new Collector(stream);
      await early.until(({ text }) => text === "silenced message 3");
      await client.unary(deleteUser, { userId: "me", eraseMessages: true }, person);

      await client.unary(sendMessage, { userName: "a guest", text: "life goes on" });
      await early.until(({ text }) => text === "life goes on");
      stream.cancel();
      const late = new Collector(await listen(client, listener));
      await late.until(({ text }) => text === "life goes on");
      assert.ok(
        late.messages.every(
          ({ text, userName }) => text !== "" && !`${text}${userName}`.includes("silenced"),
        ),
      );
    });

    test("its id is known as erased, its handle finds nobody, and it can't be signed in to or erased again", async () => {
      const person = await leaveTraces("freed");
      const witness = await register(client, "witness");
      const key = { case: "userId", value: person.id } as const;
      await client.unary(getUser, { key }, witness);
      await client.unary(deleteUser, { userId: "me" }, person);
      const { user } = await client.unary(getUser, { key }, witness);
      assert.deepEqual(
        [user?.state, user?.handle, user?.displayName, user?.about, user?.avatarUrl, user?.labels],
        [v1.UserState.ERASED, "", "", "", "", {}],
      );
      assert.equal((await refusalOf(signIn(client, "freed-handle"))).reason, "CREDENTIALS_WRONG");
      using operator = operatorClient(server);
      const again = operator.unary(deleteUser, { userId: person.id });
      assert.equal((await refusalOf(again)).reason, "USER_NOT_FOUND");
      const lookup = client.unary(getUser, { key: { case: "handle", value: "freed-handle" } }, witness);
      assert.equal((await refusalOf(lookup)).reason, "USER_NOT_FOUND");
      const [entry] = await auditOf(server, person.id);
      assert.deepEqual(
        [entry?.action, entry?.actorId, entry?.targetId],
        ["user-erased", person.id, person.id],
      );
    });

    test("a service key is deleted with its account", async () => {
      using operator = operatorClient(server);
      const { serviceKey } = await operator.unary(createServiceKey, { name: "service-handle" });
      const user = {
        id: serviceKey?.userId ?? "",
        about: "service about text",
        labels: { a: "service label" },
      };
      await operator.unary(updateUser, { user, updateMask: { paths: ["about", "labels"] } });
      await operator.unary(deleteServiceKey, { name: "service-handle" });
    });

    test("after the server has stopped nothing of it is in any file", async () => {
      assert.equal(await server.stop("SIGTERM"), 0);
      for (const name of ["counted", "nameless", "silenced"]) {
        const { former, handle, ...texts } = traces(name);
        assert.deepEqual(findInFiles(dataDir, { ...texts, handle, former: former.slice(0, 22) }), []);
      }
      const messages = Object.fromEntries([1, 2, 3].map((count) => [count, `silenced message ${count}`]));
      assert.deepEqual(findInFiles(dataDir, messages), []);
      const service = { name: "service-handle", about: "service about text", label: "service label" };
      assert.deepEqual(findInFiles(dataDir, service), []);
    });
  });
}
