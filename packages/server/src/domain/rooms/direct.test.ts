import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW_MS, sampleAccount, sampleMember } from "../access/testing.ts";
import type { RoomId, UserId } from "../ids.ts";
import type { MemberState } from "../members/membership.ts";
import type { Account } from "../users/system-roles.ts";
import { broughtIn, type DirectPeer, isWelcome, reachOf } from "./direct.ts";

const ACTOR = sampleAccount();
const SERVICE = sampleAccount({ role: "service" });

/** The default is somebody who has never been in the room, and hears everyone. */
function peer(fields: Partial<DirectPeer> & { readonly state?: MemberState } = {}): DirectPeer {
  const { state, ...given } = fields;
  const userId = "bob" as UserId;
  const record = { userId, roomId: "r" as RoomId, readSeq: 0, revision: 1, removedFor: null };
  return {
    userId,
    account: sampleAccount(),
    membership: state ? { ...sampleMember({ state }), ...record } : null,
    hasBlocked: false,
    directMessages: "everyone",
    sharesRoom: false,
    ...given,
  };
}

const gone = (): Account => sampleAccount({ state: { kind: "erased" } });

test("a block holds everywhere, a choice where one is not in the room, and neither for a service", () => {
  for (const [given, isLetIn] of [
    [{}, true],
    [{ state: "left", directMessages: "nobody" }, false],
    [{ directMessages: "shared-rooms" }, false],
    [{ directMessages: "shared-rooms", sharesRoom: true }, true],
    [{ state: "joined", directMessages: "nobody" }, true],
    [{ hasBlocked: true }, false],
    [{ state: "joined", hasBlocked: true }, false],
  ] as const) {
    assert.equal(isWelcome(ACTOR, peer(given), NOW_MS), isLetIn, JSON.stringify(given));
    assert.equal(isWelcome(SERVICE, peer(given), NOW_MS), true);
  }
});

test("a message reaches someone, nobody who is willing, or nobody who is left", () => {
  const unwilling = peer({ directMessages: "nobody" });
  const erased = peer({ account: gone(), state: "left" });
  for (const [peers, reach] of [
    [[peer()], "someone"],
    [[peer(), unwilling], "someone"],
    [[unwilling], "nobody-willing"],
    [[unwilling, erased], "nobody-willing"],
    [[peer({ state: "banned" })], "nobody-willing"],
    [[erased], "nobody-left"],
    [[erased, peer({ state: "joined" })], "someone"],
  ] as const) {
    assert.equal(reachOf(ACTOR, peers, NOW_MS), reach);
  }
});

test("it brings in those who are not there and may be, also whose membership has ended by itself", () => {
  const ended = peer({ state: "joined" });
  const membership = ended.membership && { ...ended.membership, expiresAtMs: NOW_MS };
  for (const [one, comes] of [
    [peer(), true],
    [peer({ state: "left" }), true],
    [{ ...ended, membership }, true],
    [ended, false],
    [peer({ state: "banned" }), false],
    [peer({ account: gone() }), false],
    [peer({ state: "left", hasBlocked: true }), false],
    [peer({ directMessages: "nobody" }), false],
  ] as const) {
    assert.equal(broughtIn(ACTOR, [one], NOW_MS).length, comes ? 1 : 0);
  }
});
