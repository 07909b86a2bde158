import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Act, Outcome, Verdict } from "./acts.ts";
import { outcomeOf } from "./message-acts.ts";
import type { MemberModel, memberLists, RoomModel, Who } from "./room-model.ts";
import type { Stage } from "./stage.ts";
import type { FieldsStep, MemberStep, SelfStep } from "./steps.ts";

const { addMembers, removeMember, updateMember, updateRoom, openDirectRoom } = v1.RoomService.method;
const { READ, POST, REACT, EDIT_OWN } = v1.Permission;

const LIMIT_MS = 30_000;
const HOUR_MS = 3_600_000;
const RETENTION_MS = 60_000;

const permissionLists = {
  default: [],
  listening: [READ, REACT],
  blind: [POST, REACT, EDIT_OWN],
} as const satisfies Record<keyof typeof memberLists, readonly v1.Permission[]>;

interface MemberAct {
  readonly room: RoomModel;
  readonly who: Who;
  readonly whom: Who;
}

/** Joins, leaves, or opens the direct room. */
export function selfAct(stage: Stage, room: RoomModel, { kind, who }: SelfStep): Act | null {
  switch (kind) {
    case "join":
      return joinAct(stage, room, who);
    case "leave":
      return isLastOfDirect(room, who) ? null : leaveAct(stage, room, who);
    case "open direct room":
      return openDirectAct(stage, who % 2);
    default:
      return kind satisfies never;
  }
}

/** Invites or removes somebody, or changes their membership. */
export function memberAct(stage: Stage, room: RoomModel, step: MemberStep): Act | null {
  const { kind, byOwner, whom } = step;
  const who = byOwner && room.owner !== null ? room.owner : step.who;
  const target = { room, who, whom };
  switch (kind) {
    case "invite":
      return who === whom ? joinAct(stage, room, who) : inviteAct(stage, target);
    case "kick":
      if (who !== whom) return kickAct(stage, target);
      return isLastOfDirect(room, who) ? null : leaveAct(stage, room, who);
    case "ban":
    case "lift ban": {
      const state = kind === "ban" ? v1.MemberState.BANNED : v1.MemberState.LEFT;
      const model = { state: kind === "ban" ? "banned" : "left" } as const;
      return patchAct(stage, target, { kind, path: "state", patch: { state }, model });
    }
    case "mute": {
      const mutedUntilMs = room.nowMs + (stage.house.advance ? LIMIT_MS : HOUR_MS);
      const patch = { mutedUntilTime: timestampFromMs(mutedUntilMs) };
      return patchAct(stage, target, { kind, path: "muted_until_time", patch, model: { mutedUntilMs } });
    }
    case "unmute": {
      const model = { mutedUntilMs: null };
      return patchAct(stage, target, { kind, path: "muted_until_time", patch: {}, model });
    }
    case "deny read":
    case "allow read": {
      const isReadDenied = kind === "deny read";
      const patch = { deny: isReadDenied ? [READ] : [] };
      return patchAct(stage, target, { kind, path: "deny", patch, model: { isReadDenied } });
    }
    case "limit": {
      if (!stage.house.advance) return null;
      const expiresAtMs = room.nowMs + LIMIT_MS;
      const patch = { expireTime: timestampFromMs(expiresAtMs) };
      return patchAct(stage, target, { kind, path: "expire_time", patch, model: { expiresAtMs } });
    }
    default:
      return kind satisfies never;
  }
}

/** Changes the room itself. */
export function fieldsAct(stage: Stage, room: RoomModel, step: FieldsStep): Act {
  const who = step.byOwner && room.owner !== null ? room.owner : step.who;
  const topic = `topic ${stage.next()}`;
  // Nothing that is there is so old: what is to go goes when the clock is moved, and not by itself before.
  const retentionMs = step.isOn ? RETENTION_MS + stage.advancedMs : 0;
  const changes = {
    topic: { fields: { topic }, path: "topic", model: { topic } },
    history: {
      fields: {
        policy: {
          historyVisibility: step.isOn ? v1.HistoryVisibility.SINCE_JOIN : v1.HistoryVisibility.FULL,
        },
      },
      path: "policy.history_visibility",
      model: { isSinceJoin: step.isOn },
    },
    permissions: {
      fields: { policy: { memberPermissions: [...permissionLists[step.memberList]] } },
      path: "policy.member_permissions",
      model: { memberList: step.memberList },
    },
    retention: {
      fields: { policy: { retention: durationFromMs(retentionMs) } },
      path: "policy.retention",
      model: { retentionMs },
    },
  } satisfies Record<FieldsStep["field"], object>;
  const { fields, path, model } = changes[step.field];
  const request = { room: { id: room.id, ...fields }, updateMask: { paths: [path] } };
  return {
    name: `user ${who} sets ${path} of ${room.name}`,
    room,
    // Its answer doesn't tell: what changes nothing answers with the revision of whatever came before.
    exclusive: "silent",
    call: () => silent(stage.client.unary(updateRoom, request, stage.user(who))),
    judge() {
      if (!isManager(room, who)) return "is refused";
      const isSame = Object.entries(model).every(([name, value]) => room[name as keyof RoomModel] === value);
      return isSame ? "changes nothing" : "changes";
    },
    apply: () => room.changeFields(model),
  };
}

function joinAct({ client, user }: Stage, room: RoomModel, who: Who): Act {
  const request = { roomId: room.id, userIds: ["me"] };
  const judge = (): Verdict => {
    const state = room.stateOf(who);
    const isLetIn = state === "invited" || (state === "left" && room.isPublic);
    return room.owner !== null && isLetIn ? "changes" : "is refused";
  };
  return {
    name: `user ${who} joins`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(addMembers, request, user(who))),
    judge,
    // An invitation's end is the membership's.
    apply: () => room.changeMember(who, room.stateOf(who) === "invited" ? JOINED : { ...JOINED, ...LASTING }),
  };
}

const LASTING: Partial<MemberModel> = { expiresAtMs: null };
const JOINED: Partial<MemberModel> = { state: "joined" };
const LEFT: Partial<MemberModel> = { state: "left", ...LASTING };

function leaveAct({ client, user }: Stage, room: RoomModel, who: Who): Act {
  const request = { roomId: room.id, userId: user(who).id };
  return {
    name: `user ${who} leaves`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(removeMember, request, user(who))),
    judge: () => (isThere(room, who) && room.owner !== who ? "changes" : "is refused"),
    apply: () => room.changeMember(who, LEFT),
  };
}

function inviteAct({ client, user }: Stage, { room, who, whom }: MemberAct): Act {
  const request = { roomId: room.id, userIds: [user(whom).id] };
  return {
    name: `user ${who} invites user ${whom}`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(addMembers, request, user(who))),
    judge: () =>
      room.owner !== null &&
      room.may(who, "invite") &&
      room.stateOf(whom) === "left" &&
      !room.hasBlocked(whom, who)
        ? "changes"
        : "is refused",
    apply: () => room.changeMember(whom, { state: "invited", ...LASTING }),
  };
}

function kickAct({ client, user }: Stage, { room, who, whom }: MemberAct): Act {
  const request = { roomId: room.id, userId: user(whom).id };
  return {
    name: `user ${who} removes user ${whom}`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(removeMember, request, user(who))),
    judge: () =>
      isManager(room, who) && whom !== room.owner && isThere(room, whom) ? "changes" : "is refused",
    apply: () => room.changeMember(whom, LEFT),
  };
}

interface Patch {
  readonly kind: MemberStep["kind"];
  readonly path: string;
  readonly patch: MessageInitShape<typeof v1.MemberSchema>;
  readonly model: Partial<MemberModel>;
}

/** Changes somebody's membership, by whoever may: that is the room's owner, who stands above all others. */
function patchAct({ client, user }: Stage, { room, who, whom }: MemberAct, change: Patch): Act {
  const { kind, path, patch, model } = change;
  const request = {
    member: { ...patch, roomId: room.id, userId: user(whom).id },
    updateMask: { paths: [path] },
  };
  return {
    name: `user ${who}: ${kind}, user ${whom}`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(updateMember, request, user(who))),
    judge() {
      if (!isManager(room, who) || whom === room.owner) return "is refused";
      const state = room.stateOf(whom);
      if (state === "left" && kind !== "ban") return "is refused";
      const before: Partial<MemberModel> = { ...room.members.get(whom), state };
      const isSame = Object.entries(model).every(
        ([name, value]) => before[name as keyof MemberModel] === value,
      );
      return isSame ? "changes nothing" : "changes";
    },
    apply() {
      const isNewState = model.state !== undefined && model.state !== room.stateOf(whom);
      room.changeMember(whom, { ...model, ...(isNewState && LASTING) });
    },
  };
}

/** Opens the direct room of the first two users for one of them, who enters it again if they have left. */
function openDirectAct({ client, user, rooms }: Stage, who: Who): Act {
  const room = rooms.find(({ owner }) => owner === null);
  if (!room) throw new Error("there is no direct room");
  return {
    name: `user ${who} opens the direct room`,
    room,
    exclusive: "silent",
    call: () => silent(client.unary(openDirectRoom, { userIds: [user(1 - who).id] }, user(who))),
    judge() {
      if (room.isUnwanted(who)) return "is refused";
      return room.stateOf(who) === "joined" ? "changes nothing" : "changes";
    },
    apply: () => room.changeMember(who, { ...JOINED, ...LASTING }),
  };
}

function silent(call: Promise<unknown>): Promise<Outcome> {
  return outcomeOf(call.then(() => ({ kind: "silent" })));
}

function isManager(room: RoomModel, who: Who): boolean {
  return room.owner === who;
}

/** Then nobody would be left who could ask what has become of the room. */
function isLastOfDirect({ owner, members }: RoomModel, who: Who): boolean {
  return owner === null && ![...members].some(([other, { state }]) => other !== who && state === "joined");
}

function isThere(room: RoomModel, who: Who): boolean {
  const state = room.stateOf(who);
  return state === "joined" || state === "invited";
}
