import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { refusalOf } from "../support/client.ts";
import { operatorClient, PASSWORD, register, signIn, signInAsGuest } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createUser, updateUser, changePassword } = v1.UserService.method;
const { sendMessage } = v1.ChatService.method;
const { createRoom } = v1.RoomService.method;

const INVISIBLE = ["\u2800", "\u3164", "\u0301\u0302", "\u2800 \u3164"];
const IMITATIONS = ["deleted user", "Deleted_User", "dеlеtеd usеr", "deIeted user"];

for (const runtime of runtimes) {
  describe(`names on ${runtime}`, async () => {
    const server = await startServerProcess({ runtime, env: { CONFAB_HELD_HANDLES: "acme, Billing" } });
    const { client } = await forSuite(Promise.resolve(server));
    const operator = operatorClient(server);
    after(() => operator[Symbol.dispose]());

    test("nobody gets a held handle: not by registering, not by renaming, not from the operator", async () => {
      const person = await register(client, "plain");
      for (const handle of [
        "all",
        "Admin",
        "ｓｕｐｐｏｒｔ",
        "deleted_user",
        "lobby",
        "null",
        "acme",
        "b.illing",
      ]) {
        const renaming = { user: { id: "me", handle }, updateMask: { paths: ["handle"] } };
        const simpleUser = { name: handle, password: PASSWORD };
        for (const [attempt, field] of [
          [() => client.unary(createUser, { user: { handle }, password: PASSWORD }), "user.handle"],
          [() => operator.unary(createUser, { user: { handle }, password: PASSWORD }), "user.handle"],
          [() => client.unary(updateUser, renaming, person), "user.handle"],
          [() => operator.unary(v1.AdminService.method.createServiceKey, { name: handle }), "name"],
          [() => client.unary(simple.UserService.method.createUser, simpleUser), "name"],
        ] as const) {
          const refusal = await refusalOf(attempt());
          assert.deepEqual([refusal.reason, refusal.field], ["HANDLE_INVALID", field]);
        }
      }
      assert.equal((await signIn(client, "plain")).id, person.id);
    });

    test("a display name is empty or has a visible character, and looks like no erased account's", async () => {
      const person = await register(client, "shown");
      const rename = (displayName: string) =>
        client.unary(
          updateUser,
          { user: { id: "me", displayName }, updateMask: { paths: ["display_name"] } },
          person,
        );
      for (const name of [...INVISIBLE, ...IMITATIONS]) {
        const refusal = await refusalOf(rename(name));
        assert.deepEqual([refusal.reason, refusal.field], ["PROFILE_FIELD_INVALID", "display_name"]);
      }
      for (const name of ["Ａda ❤️", ""]) assert.equal((await rename(name)).user?.displayName, name);
    });

    test("so does a guest's name, in both contracts", async () => {
      const say = (userName: string) =>
        client.unary(simple.ChatService.method.sendMessage, { userName, text: "hello" });
      for (const [names, reason] of [
        [INVISIBLE, "NAME_EMPTY"],
        [IMITATIONS, "NAME_INVALID"],
      ] as const) {
        for (const name of names) {
          const refusals = [await refusalOf(signInAsGuest(client, name)), await refusalOf(say(name))];
          assert.deepEqual(
            refusals.map((refusal) => [refusal.reason, refusal.field]),
            [
              [reason, "guest.display_name"],
              [reason, "user_name"],
            ],
          );
        }
      }
    });

    test("texts and titles have a visible character", async () => {
      const person = await register(client, "writer");
      const room = await makeRoom(client, person);
      for (const text of [...INVISIBLE, "\u200b", "\u0000"]) {
        const refusals = [
          await refusalOf(client.unary(sendMessage, { roomId: room.id, text }, person)),
          await refusalOf(client.unary(simple.ChatService.method.sendMessage, { userName: "someone", text })),
          await refusalOf(client.unary(createRoom, { room: { title: text } }, person)),
        ];
        assert.deepEqual(
          refusals.map(({ reason }) => reason),
          ["TEXT_EMPTY", "TEXT_EMPTY", "FIELD_REQUIRED"],
        );
      }
      for (const text of ["\u2800 .", "👍"])
        await client.unary(sendMessage, { roomId: room.id, text }, person);
    });

    test("a password is the same however a keyboard composes it, and is counted so", async () => {
      const [composed, decomposed] = [
        "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e",
        "cafe\u0301 cre\u0300me bru\u0302le\u0301e",
      ];
      await client.unary(createUser, { user: { handle: "renee" }, password: composed });
      const person = await signIn(client, "renee", decomposed);
      const change = { currentPassword: decomposed, newPassword: "\uff43orrect horse \u00bd" };
      await client.unary(changePassword, change, person);
      await signIn(client, "renee", "correct horse 1\u20442");
      const short = { user: { handle: "short" }, password: "e\u0301a\u0300u\u0302o\u0308" };
      assert.equal((await refusalOf(client.unary(createUser, short))).reason, "PASSWORD_TOO_SHORT");
    });
  });
}
