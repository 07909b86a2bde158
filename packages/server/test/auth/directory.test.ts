import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { DescMethodUnary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { giveRole, operatorClient, type Person, register, signInAsGuest } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, listUsers, batchGetUsers, listRelationships, deleteUser } = v1.UserService.method;
const { listSessions } = v1.AuthService.method;
const { listAuditEntries } = v1.AdminService.method;

describe("the directory", async () => {
  const people: Person[] = [];
  const { server, client } = await forSuite(startServerProcess({ runtime: "node" }));
  const operator = operatorClient(server);
  after(() => operator[Symbol.dispose]());
  const reader = await register(client, "reader");
  await giveRole(server, reader, v1.SystemRole.ADMIN);
  for (const [handle, displayName] of [
    ["ada", "Ada Lovelace"],
    ["adam", "Zed"],
    ["Adele", "100% Adele_"],
    ["grace", "ＡＤＭＩＲＡＬ Hopper"],
    ["zoe", "Žofie"],
  ] as const) {
    people.push(await register(operator, handle, { displayName, about: "about", labels: { team: "x" } }));
  }

  async function handlesLike(query: string, pageSize = 0): Promise<readonly string[]> {
    const handles: string[] = [];
    for (let pageToken = ""; ; ) {
      const page = await client.unary(listUsers, { query, pageSize, pageToken }, reader);
      if (pageSize > 0) assert.ok(page.users.length <= pageSize);
      handles.push(...page.users.map(({ handle }) => handle));
      pageToken = page.nextPageToken;
      if (pageToken === "") return handles;
    }
  }

  test("everyone with a handle is listed once, in the order of the handles, whatever the page's size", async () => {
    const all = ["ada", "adam", "Adele", "grace", "reader", "zoe"];
    for (const pageSize of [0, 1, 2, 5, 6, 7, 100, 1_000_000]) {
      assert.deepEqual(await handlesLike("", pageSize), all, `pages of ${pageSize}`);
    }
    await signInAsGuest(client, "Adrian the guest");
    assert.deepEqual(await handlesLike(""), all);
  });

  test("a search finds what a handle or a display name begins with, in any case and width", async () => {
    const cases = [
      ["ada", ["ada", "adam"]],
      ["AD", ["ada", "adam", "Adele", "grace"]],
      ["ａｄａ", ["ada", "adam"]],
      ["ada l", ["ada"]],
      ["admiral", ["grace"]],
      ["love", []],
      ["žo", ["zoe"]],
      ["100%", ["Adele"]],
      ["%", []],
      ["_", []],
      ["ad_", []],
      ["'", []],
      ["\\", []],
      ["' or 1=1 --", []],
    ] as const;
    for (const [query, handles] of cases) assert.deepEqual(await handlesLike(query, 1), handles, query);
  });

  test("strangers see a profile, and nothing else of a user", async () => {
    const stranger = await register(client, "stranger");
    const [ada] = people;
    const { users } = await client.unary(listUsers, { query: "ada l" }, stranger);
    const key = { case: "handle", value: "ada" } as const;
    const { user } = await client.unary(getUser, { key }, stranger);
    assert.deepEqual(users, [user]);
    const { $typeName: _type, createTime, updateTime, ...rest } = user ?? ({} as Partial<v1.User>);
    assert.ok(createTime && updateTime);
    assert.deepEqual(rest, {
      id: ada?.id,
      handle: "ada",
      displayName: "Ada Lovelace",
      about: "about",
      avatarUrl: "",
      kind: v1.UserKind.HUMAN,
      state: v1.UserState.ACTIVE,
      role: v1.SystemRole.USER,
      labels: { team: "x" },
      hidePresence: false,
      directMessages: v1.DirectMessages.UNSPECIFIED,
      etag: "1",
    });
    await operator.unary(deleteUser, { userId: stranger.id });
  });

  test("up to 100 users are given at once, each once, and ids of nobody are left out", async () => {
    const ids = people.map(({ id }) => id);
    const { users } = await client.unary(batchGetUsers, { userIds: [...ids, ...ids, "nobody", ""] }, reader);
    assert.deepEqual(users.map(({ id }) => id).sort(), [...ids].sort());
    assert.deepEqual((await client.unary(batchGetUsers, {}, reader)).users, []);
    await client.unary(batchGetUsers, { userIds: Array.from({ length: 100 }, String) }, reader);
    const tooMany = client.unary(batchGetUsers, { userIds: Array.from({ length: 101 }, String) }, reader);
    const { code, reason, field } = await refusalOf(tooMany);
    assert.deepEqual([code, reason, field], [status.INVALID_ARGUMENT, "TOO_MANY_IDS", "user_ids"]);
  });

  test("an erased account is not in the directory, and its id is known as erased", async () => {
    const gone = await register(client, "adieu");
    await client.unary(deleteUser, { userId: "me" }, gone);
    assert.ok(!(await handlesLike("ad")).includes("adieu"));
    const { users } = await client.unary(batchGetUsers, { userIds: [gone.id] }, reader);
    assert.deepEqual(
      users.map(({ handle, state }) => [handle, state]),
      [["", v1.UserState.ERASED]],
    );
  });

  const lists = [
    ["users", listUsers],
    ["sessions", listSessions],
    ["relationships", listRelationships],
    ["audit entries", listAuditEntries],
  ] as const;
  for (const [what, method] of lists) {
    const list = method as unknown as DescMethodUnary<
      typeof v1.ListUsersRequestSchema,
      typeof v1.ListUsersResponseSchema
    >;

    test(`the list of ${what} refuses a negative page size, and a token that is not its own`, async () => {
      const size = await refusalOf(client.unary(list, { pageSize: -1 }, reader));
      assert.deepEqual(
        [size.code, size.reason, size.field],
        [status.INVALID_ARGUMENT, "PAGE_SIZE_INVALID", "page_size"],
      );
      const foreign = (await client.unary(listUsers, { pageSize: 1, query: "ad" }, reader)).nextPageToken;
      assert.notEqual(foreign, "");
      const junk = Buffer.from(JSON.stringify({ list: what })).toString("base64url");
      for (const pageToken of [foreign, "x", "%%%", junk, "A".repeat(5_000), "\u{1f44b}"]) {
        const { code, reason, field } = await refusalOf(client.unary(list, { pageToken }, reader));
        assert.deepEqual(
          [code, reason, field],
          [status.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token"],
          pageToken.slice(0, 20),
        );
      }
    });
  }

  test("ids are random: no run, no order, none twice among thousands", async () => {
    const ids: string[] = [];
    while (ids.length < 2_000) {
      const guests = Array.from({ length: 100 }, () => signInAsGuest(client, "guest"));
      for (const { id, sessionId } of await Promise.all(guests)) ids.push(id, sessionId);
    }
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // Each of the 122 random bits is set in about half of them.
    const bits = ids.map((id) => BigInt(`0x${id.replaceAll("-", "")}`));
    const fixed = [...Array(128).keys()].filter((bit) => {
      const share = bits.filter((value) => ((value >> BigInt(bit)) & 1n) === 1n).length / bits.length;
      return share < 0.4 || share > 0.6;
    });
    assert.deepEqual(fixed, [62, 63, 76, 77, 78, 79]);
    const ascending = ids.filter((id, index) => index > 0 && id > (ids[index - 1] ?? "")).length;
    assert.ok(ascending > 0.4 * ids.length && ascending < 0.6 * ids.length);
  });
});
