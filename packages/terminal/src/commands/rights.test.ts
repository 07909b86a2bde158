import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member, RightsQuery, Role } from "@confab/client";
import { roomNamed, userNamed } from "../screen/testing.ts";
import { type CommandName, commandList } from "./commands.ts";
import { isOffered } from "./rights.ts";

function situation(role: Role | null, rest: Partial<RightsQuery> = {}): RightsQuery {
  const self: Member | null = role && {
    roomId: "r",
    userId: "me",
    user: userNamed("Me"),
    state: "joined",
    role,
    allow: [],
    deny: [],
    readSeq: 0,
    presence: "online",
    reason: "",
  };
  return { me: { kind: "human", role: "user" }, room: roomNamed("general", { self }), ...rest };
}

const offered = (asked: RightsQuery): ReadonlySet<CommandName> =>
  new Set(commandList.filter(([, help]) => isOffered(help, asked)).map(([name]) => name));

test("a command is offered to who may use it here", () => {
  const member = offered(situation("member"));
  const moderator = offered(situation("moderator"));
  const owner = offered(situation("owner"));
  for (const name of ["kick", "ban", "mute", "role", "pin"] as const) {
    assert.ok(!member.has(name) && moderator.has(name) && owner.has(name), name);
  }
  for (const name of ["topic", "rename", "delete-room"] as const) {
    assert.ok(!moderator.has(name) && owner.has(name), name);
  }
  assert.ok(member.has("invite") && !offered(situation("guest")).has("invite"));
  assert.equal(owner.size, commandList.length);
});

test("own permissions, the kind of the room and the system's role count too", () => {
  const asked = situation("member");
  const self = asked.room?.self;
  assert.ok(self && asked.room);
  const pinning = { ...asked, room: { ...asked.room, self: { ...self, allow: ["pin"] as const } } };
  assert.ok(offered(pinning).has("pin"));
  const denied = { ...asked, room: { ...asked.room, self: { ...self, deny: ["invite"] as const } } };
  assert.ok(!offered(denied).has("invite"));
  const direct = offered({ ...asked, room: { ...asked.room, kind: "direct" } });
  assert.ok(direct.has("pin") && !direct.has("invite") && !direct.has("kick"));
  assert.ok(offered({ ...asked, me: { kind: "human", role: "admin" } }).has("delete-room"));
  const guest = offered({ ...asked, me: { kind: "guest", role: "guest" } });
  assert.ok(!guest.has("create") && !guest.has("dm") && guest.has("join"));
  const nowhere = offered({ ...asked, room: null });
  assert.ok(!nowhere.has("leave") && !nowhere.has("react") && nowhere.has("join") && nowhere.has("search"));
});
