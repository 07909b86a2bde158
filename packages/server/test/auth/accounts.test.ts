import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type CallOptions, refusalOf, type TestClient } from "../support/client.ts";
import { operatorClient, PASSWORD, type Person, register, signIn, signInAsGuest } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createUser, getUser, updateUser, deleteUser } = v1.UserService.method;

const me = { key: { case: "userId", value: "me" } } as const;

describe("accounts of the full contract", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "node" }));
  const operator = operatorClient(server);
  after(() => operator[Symbol.dispose]());

  async function profileOf(person: Person): Promise<v1.User> {
    const { user } = await client.unary(getUser, me, person);
    assert.ok(user);
    return user;
  }

  function update(
    person: Person,
    user: Partial<Omit<v1.User, "$typeName">>,
    ...paths: readonly string[]
  ): Promise<v1.UpdateUserResponse> {
    const updateMask = { paths: [...paths] };
    return client.unary(updateUser, { user: { id: "me", ...user }, updateMask }, person);
  }

  test("a user creates an account, signs in, changes their profile, and is refused another's", async () => {
    const { user: created } = await operator.unary(createUser, {
      user: { handle: "Ada.L", displayName: "Ada", about: "first\nprogrammer", labels: { team: "engine" } },
      password: PASSWORD,
    });
    assert.deepEqual(
      [created?.handle, created?.kind, created?.state, created?.role],
      ["Ada.L", v1.UserKind.HUMAN, v1.UserState.ACTIVE, v1.SystemRole.USER],
    );
    const ada = await signIn(client, "ada.l");
    const { user: changed } = await update(ada, { displayName: "Countess" }, "display_name");
    assert.deepEqual([changed?.id, changed?.displayName], [created?.id, "Countess"]);
    assert.deepEqual([changed?.about, changed?.labels], ["first\nprogrammer", { team: "engine" }]);

    const grace = await register(client, "grace");
    const refusal = await refusalOf(
      client.unary(
        updateUser,
        { user: { id: ada.id, displayName: "Ha" }, updateMask: { paths: ["display_name"] } },
        grace,
      ),
    );
    assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
    assert.equal((await profileOf(ada)).displayName, "Countess");
  });

  test("a user is found by id, by handle in any case and width, and as `me`", async () => {
    const person = await register(client, "Katherine");
    const own = await profileOf(person);
    for (const key of [
      { case: "userId", value: person.id },
      { case: "handle", value: "KATHERINE" },
      { case: "handle", value: "ｋａｔｈｅｒｉｎｅ" },
    ] as const) {
      assert.deepEqual((await client.unary(getUser, { key }, person)).user, own);
    }
    for (const key of [
      { case: "userId", value: "nobody" },
      { case: "handle", value: "nobody" },
      { case: "handle", value: "me" },
    ] as const) {
      const { code, reason } = await refusalOf(client.unary(getUser, { key }, person));
      assert.deepEqual([code, reason], [status.NOT_FOUND, "USER_NOT_FOUND"]);
    }
    assert.equal((await refusalOf(client.unary(getUser, {}, person))).reason, "FIELD_REQUIRED");
  });

  test("only what the mask names is changed, and empty is a value", async () => {
    const person = await register(operator, "masked", {
      displayName: "Before",
      about: "about",
      avatarUrl: "https://a.test/a.png",
      labels: { a: "1", b: "2" },
    });
    const change = { displayName: "After", about: "changed", labels: { c: "3" } };
    await update(person, change, "about");
    assert.deepEqual(pick(await profileOf(person)), [
      "Before",
      "changed",
      "https://a.test/a.png",
      { a: "1", b: "2" },
    ]);
    await update(person, { handle: "Masked2" }, "about", "avatar_url", "handle");
    await setLabels(operator, person.id, { c: "3" });
    assert.deepEqual(pick(await profileOf(person)), ["Before", "", "", { c: "3" }]);
    assert.equal((await profileOf(person)).handle, "Masked2");
    assert.equal((await signIn(client, "masked2")).id, person.id);
    assert.equal((await refusalOf(signIn(client, "masked"))).reason, "CREDENTIALS_WRONG");
  });

  test("a mask that is empty, or names what is not the profile's, is refused and nothing is changed", async () => {
    const person = await register(client, "unmasked");
    const before = await profileOf(person);
    assert.equal((await refusalOf(update(person, { about: "x" }))).reason, "FIELD_REQUIRED");
    for (const path of ["role", "id", "state", "kind", "etag", "*", "user.about", "About", "labels.a", ""]) {
      const change = { about: "x", role: v1.SystemRole.ADMIN, state: v1.UserState.ACTIVE };
      const { code, reason, field } = await refusalOf(update(person, change, "about", path));
      assert.deepEqual(
        [code, reason, field],
        [status.INVALID_ARGUMENT, "FIELD_UNKNOWN", "update_mask"],
        path,
      );
    }
    assert.deepEqual(await profileOf(person), before);
    const missing = client.unary(updateUser, { updateMask: { paths: ["about"] } }, person);
    assert.equal((await refusalOf(missing)).field, "user");
  });

  test("what is made with a role, a state or an id of the caller's choice has the ordinary ones", async () => {
    const { user } = await client.unary(createUser, {
      user: {
        id: "chosen",
        handle: "ambitious",
        role: v1.SystemRole.ADMIN,
        kind: v1.UserKind.BOT,
        state: v1.UserState.SUSPENDED,
      },
      password: PASSWORD,
    });
    assert.notEqual(user?.id, "chosen");
    assert.deepEqual(
      [user?.role, user?.kind, user?.state],
      [v1.SystemRole.USER, v1.UserKind.HUMAN, v1.UserState.ACTIVE],
    );
  });

  test("of two changes made from the same version the second is refused", async () => {
    const person = await register(client, "edited");
    const { etag } = await profileOf(person);
    await update(person, { about: "first", etag }, "about");
    const refusal = await refusalOf(update(person, { about: "second", etag }, "about"));
    assert.deepEqual([refusal.code, refusal.reason], [status.ABORTED, "EDIT_CONFLICT"]);
    for (const foreign of ["x", "-1", "1e3", "999999999999999999"]) {
      const { reason } = await refusalOf(update(person, { about: "second", etag: foreign }, "about"));
      assert.equal(reason, "EDIT_CONFLICT", foreign);
    }
    const current = await profileOf(person);
    assert.equal(current.about, "first");
    await update(person, { about: "second", etag: current.etag }, "about");
    await update(person, { about: "third" }, "about");
    assert.equal((await profileOf(person)).about, "third");
  });

  test("of many changes made at once from the same version one succeeds", async () => {
    const person = await register(client, "raced");
    const { etag } = await profileOf(person);
    const changes = Array.from({ length: 8 }, (_, index) =>
      update(person, { about: `${index}`, etag }, "about"),
    );
    const results = await Promise.allSettled(changes);
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  });

  test("a handle is one in any case and width, and only ASCII", async () => {
    const person = await register(client, "Hedy");
    for (const handle of ["hedy", "HEDY", "ｈｅｄｙ"]) {
      const { code, reason, field } = await refusalOf(register(client, handle));
      assert.deepEqual([code, reason, field], [status.ALREADY_EXISTS, "HANDLE_TAKEN", "user.handle"]);
    }
    for (const handle of ["x", "a".repeat(33), "with space", "hеdy", "a\u00adb", "a/b", "", "ﬀ-ﬁ\u200d"]) {
      const { code, reason, field } = await refusalOf(register(client, handle));
      assert.deepEqual(
        [code, reason, field],
        [status.INVALID_ARGUMENT, "HANDLE_INVALID", "user.handle"],
        handle,
      );
    }
    // The caller's own handle in another case is not taken.
    assert.equal((await update(person, { handle: "HEDY" }, "handle")).user?.handle, "HEDY");
    const taken = await refusalOf(update(await register(client, "other"), { handle: "hedy" }, "handle"));
    assert.deepEqual([taken.reason, taken.field], ["HANDLE_TAKEN", "user.handle"]);
  });

  test("names, texts, pictures and labels that break the rules are refused with their field", async () => {
    const person = await register(client, "profile");
    const tooMany = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, ""]));
    const cases = [
      [{ displayName: "x".repeat(65) }, "display_name", "PROFILE_FIELD_TOO_LONG"],
      [{ displayName: "two\nlines" }, "display_name", "PROFILE_FIELD_INVALID"],
      [{ displayName: "\u202eevil" }, "display_name", "PROFILE_FIELD_INVALID"],
      [{ about: "x".repeat(513) }, "about", "PROFILE_FIELD_TOO_LONG"],
      [{ about: "\u001b[2J" }, "about", "PROFILE_FIELD_INVALID"],
      [{ avatarUrl: "http://a.test/a.png" }, "avatar_url", "PROFILE_FIELD_INVALID"],
      [{ avatarUrl: "javascript:alert(1)" }, "avatar_url", "PROFILE_FIELD_INVALID"],
      [{ avatarUrl: "data:image/png;base64,AA" }, "avatar_url", "PROFILE_FIELD_INVALID"],
      [{ avatarUrl: "https://me:secret@a.test/" }, "avatar_url", "PROFILE_FIELD_INVALID"],
      [{ avatarUrl: `https://a.test/${"x".repeat(2048)}` }, "avatar_url", "PROFILE_FIELD_TOO_LONG"],
      [{ labels: tooMany }, "labels", "PROFILE_FIELD_TOO_LONG"],
      [{ labels: { ["k".repeat(65)]: "" } }, "labels", "PROFILE_FIELD_TOO_LONG"],
      [{ labels: { "": "x" } }, "labels", "PROFILE_FIELD_INVALID"],
      [{ labels: { key: "é".repeat(257) } }, "labels.key", "PROFILE_FIELD_TOO_LONG"],
      [{ labels: { key: "a\0b" } }, "labels.key", "PROFILE_FIELD_INVALID"],
    ] as const;
    for (const [change, field, reason] of cases) {
      const [path = ""] = field.split(".");
      for (const attempt of [
        () => update(person, change, path),
        () => operator.unary(createUser, { user: { handle: "never", ...change }, password: PASSWORD }),
      ]) {
        const refusal = await refusalOf(attempt());
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, field],
        );
      }
    }
    const labels = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [`key ${index}`, "é".repeat(256)]),
    );
    assert.deepEqual((await setLabels(operator, person.id, labels)).user?.labels, labels);
  });

  test("labels are set by services and administrators alone", async () => {
    const person = await register(client, "labelled");
    await setLabels(operator, person.id, { plan: "free" });
    const { key } = await operator.unary(v1.AdminService.method.createServiceKey, { name: "billing" });
    const labels = { plan: "gold" };
    for (const attempt of [
      () => setLabels(client, "me", labels, person),
      () => update(person, { labels: {}, about: "x" }, "about", "labels"),
      () => client.unary(createUser, { user: { handle: "never", labels }, password: PASSWORD }),
      () => client.unary(createUser, { user: { handle: "never", labels }, password: PASSWORD }, person),
    ]) {
      const { code, reason } = await refusalOf(attempt());
      assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
    }
    assert.deepEqual(pick(await profileOf(person)).slice(1), ["", "", { plan: "free" }]);
    const actingFor = { token: key, metadata: { "x-confab-act-as": person.id } };
    for (const [plan, options] of [
      ["silver", { token: key }],
      ["gold", actingFor],
    ] as const) {
      await setLabels(client, person.id, { plan }, options);
      assert.deepEqual((await profileOf(person)).labels, { plan });
    }
  });

  test("a guest changes their own name, has no handle, and does not search the directory", async () => {
    const guest = await signInAsGuest(client, "Passing By");
    assert.equal(
      (await update(guest, { displayName: "Staying" }, "display_name")).user?.displayName,
      "Staying",
    );
    assert.equal((await refusalOf(update(guest, { handle: "guest1" }, "handle"))).reason, "NOT_PERMITTED");
    const list = client.unary(v1.UserService.method.listUsers, {}, guest);
    assert.equal((await refusalOf(list)).reason, "NOT_PERMITTED");
    await client.unary(deleteUser, { userId: "me" }, guest);
    assert.equal((await refusalOf(profileOf(guest))).reason, "SESSION_REVOKED");
  });
});

function setLabels(
  client: TestClient,
  id: string,
  labels: Readonly<Record<string, string>>,
  options?: CallOptions,
): Promise<v1.UpdateUserResponse> {
  return client.unary(updateUser, { user: { id, labels }, updateMask: { paths: ["labels"] } }, options);
}

function pick({ displayName, about, avatarUrl, labels }: v1.User): readonly unknown[] {
  return [displayName, about, avatarUrl, labels];
}
