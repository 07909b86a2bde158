/** A room as it should be after everything done in it: the rules in their simplest form, without a server. */

import type { Relations } from "./relations.ts";

/** A user, by their place among those of a run. */
export type Who = number;

export type Permission =
  | "read"
  | "post"
  | "react"
  | "edit-own"
  | "delete-own"
  | "invite"
  | "pin"
  | "mention-all"
  | "keep-order";

/** The permissions of a room's members, by the name that a plan calls them. */
export const memberLists = {
  default: ["read", "post", "react", "edit-own", "delete-own", "invite"],
  listening: ["read", "react"],
  blind: ["post", "react", "edit-own"],
} as const satisfies Record<string, readonly Permission[]>;

export type MemberList = keyof typeof memberLists;

const CONVERSE: readonly Permission[] = ["read", "post", "react", "edit-own", "delete-own", "pin"];
const REACHES: readonly Permission[] = ["post", "react", "edit-own", "pin"];
const SPEAKS: readonly Permission[] = ["post", "react", "edit-own", "mention-all"];
/** The first readable seq of someone who may read nothing. */
export const NOTHING_READABLE = Number.POSITIVE_INFINITY;

export interface MemberModel {
  state: "joined" | "invited" | "left" | "banned";
  isReadDenied: boolean;
  mutedUntilMs: number | null;
  expiresAtMs: number | null;
  joinedSeq: number;
  readSeq: number;
  /** The room's revision at the record's last change. */
  revision: number;
}

export interface MessageModel {
  readonly seq: number;
  readonly id: string;
  clientMessageId: string;
  readonly sender: Who;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly payloadBytes: number;
  text: string;
  mentions: readonly (Who | "all")[];
  /** The users who reacted, by emoji. */
  readonly reactions: Map<string, Set<Who>>;
  pinned: boolean;
  deleted: boolean;
  revision: number;
}

/** One change: those of members and of the room are for everyone who is in it. */
interface Change {
  readonly revision: number;
  /** The message that has changed; 0: it was something else. */
  readonly seq: number;
}

/** From a revision on, someone may read the messages from this seq on. */
interface Floor {
  readonly revision: number;
  readonly seq: number;
}

export interface RoomModelOptions {
  readonly id: string;
  readonly name: string;
  /** Null for a direct room, in which nobody is above another. */
  readonly owner: Who | null;
  readonly isPublic: boolean;
  readonly isSinceJoin: boolean;
  readonly joined: readonly Who[];
  /** Everyone whom a direct room is for; nobody for other rooms. */
  readonly pair: readonly Who[];
  readonly relations: Relations;
  readonly users: number;
  /** The room's revision as this model begins. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export class RoomModel {
  readonly id: string;
  readonly name: string;
  readonly owner: Who | null;
  readonly isPublic: boolean;
  isSinceJoin: boolean;
  memberList: MemberList = "default";
  topic = "";
  retentionMs = 0;
  revision: number;
  /** The revision of the last change of the room's own fields. */
  fieldsRevision: number;
  lastSeq = 0;
  firstSeq = 1;
  readonly messages = new Map<number, MessageModel>();
  readonly members = new Map<Who, MemberModel>();
  readonly changes: Change[] = [];
  readonly #pair: readonly Who[];
  readonly #relations: Relations;
  readonly #floors = new Map<Who, Floor[]>();
  readonly #nowMs: () => number;

  constructor(options: RoomModelOptions) {
    this.id = options.id;
    this.name = options.name;
    this.owner = options.owner;
    this.isPublic = options.isPublic;
    this.isSinceJoin = options.isSinceJoin;
    this.revision = options.revision;
    this.fieldsRevision = options.revision;
    this.#pair = options.pair;
    this.#relations = options.relations;
    this.#nowMs = options.nowMs;
    for (const who of options.joined) this.members.set(who, { ...newMember(), state: "joined" });
    for (let who = 0; who < options.users; who++) {
      this.#floors.set(who, [{ revision: options.revision, seq: this.floorOf(who) }]);
    }
  }

  get nowMs(): number {
    return this.#nowMs();
  }

  stateOf(who: Who): MemberModel["state"] {
    return this.members.get(who)?.state ?? "left";
  }

  may(who: Who, permission: Permission): boolean {
    const member = this.members.get(who);
    if (member?.state !== "joined") return false;
    if (this.owner === null) {
      return CONVERSE.includes(permission) && (!REACHES.includes(permission) || !this.isUnwanted(who));
    }
    if (this.owner === who) return true;
    const isMuted = member.mutedUntilMs !== null && member.mutedUntilMs > this.nowMs;
    if (isMuted && SPEAKS.includes(permission)) return false;
    if (member.isReadDenied && permission === "read") return false;
    const list: readonly Permission[] = memberLists[this.memberList];
    return list.includes(permission);
  }

  /** True if the other one of a direct room has blocked this one. */
  isUnwanted(who: Who): boolean {
    return this.#pair.some((other) => other !== who && this.#relations.hasBlocked(other, who));
  }

  /** The others of a direct room whom a message of this one brings in. */
  broughtInBy(who: Who): readonly Who[] {
    return this.#pair.filter((other) => other !== who && this.stateOf(other) !== "joined");
  }

  hasBlocked(who: Who, whom: Who): boolean {
    return this.#relations.hasBlocked(who, whom);
  }

  /** The oldest seq that someone may read now. */
  floorOf(who: Who): number {
    if (!this.may(who, "read")) return NOTHING_READABLE;
    return this.isSinceJoin ? (this.members.get(who)?.joinedSeq ?? 0) + 1 : 1;
  }

  /** The oldest seq that someone could read at any moment between two revisions. */
  lowestFloor(who: Who, fromRevision: number, toRevision: number): number {
    const floors = this.#floors.get(who) ?? [];
    return floors.reduce((lowest, { revision, seq }, index) => {
      const endsBefore = (floors[index + 1]?.revision ?? Number.POSITIVE_INFINITY) <= fromRevision;
      return endsBefore || revision > toRevision ? lowest : Math.min(lowest, seq);
    }, NOTHING_READABLE);
  }

  /** The message, if it is there and someone may read it. */
  readable(who: Who, seq: number): MessageModel | undefined {
    return seq >= this.floorOf(who) ? this.messages.get(seq) : undefined;
  }

  /** The revision of the last change that someone in the room had to be told of. */
  lastTold(who: Who): number {
    const told = this.changes.findLast(
      ({ revision, seq }) => seq === 0 || seq >= this.lowestFloor(who, revision, revision),
    );
    return told?.revision ?? 0;
  }

  unreadOf(who: Who): { readonly unread: number; readonly mentions: number } {
    const member = this.members.get(who);
    if (member?.state !== "joined") return { unread: 0, mentions: 0 };
    const from = Math.max(member.readSeq, this.firstSeq - 1, this.isSinceJoin ? member.joinedSeq : 0);
    const unread = [...this.messages.values()].filter(
      ({ seq, sender, deleted }) =>
        seq > from && sender !== who && !deleted && !this.#relations.isSilenced(who, sender),
    );
    const mentions = unread.filter((message) => message.mentions.some((one) => one === who || one === "all"));
    return { unread: unread.length, mentions: mentions.length };
  }

  /** Takes the next revision for a change of a message. */
  changeMessage(message: MessageModel, change: Partial<Pick<MessageModel, "text" | "pinned">> = {}): void {
    Object.assign(message, change);
    this.#next(message.seq);
    message.revision = this.revision;
  }

  addMessage(message: Omit<MessageModel, "seq" | "revision">): MessageModel {
    this.lastSeq++;
    const added = { ...message, seq: this.lastSeq, revision: 0 };
    this.messages.set(this.lastSeq, added);
    this.changeMessage(added);
    return added;
  }

  leaveTombstone(message: MessageModel): void {
    message.deleted = true;
    message.clientMessageId = "";
    message.mentions = [];
    message.reactions.clear();
    this.changeMessage(message, { text: "", pinned: false });
  }

  /** Takes the next revision for a change of somebody's record. */
  changeMember(who: Who, change: Partial<MemberModel>): void {
    const before = this.members.get(who) ?? newMember();
    const after = { ...before, ...change };
    if (after.state === "joined" && before.state !== "joined") {
      after.joinedSeq = this.lastSeq;
      after.readSeq = Math.max(before.readSeq, this.lastSeq);
    }
    this.members.set(who, after);
    this.#next(0);
    after.revision = this.revision;
  }

  /** Takes the next revision for a change of the room's own fields. */
  changeFields(
    change: Partial<Pick<RoomModel, "isSinceJoin" | "memberList" | "topic" | "retentionMs" | "firstSeq">>,
  ): void {
    Object.assign(this, change);
    this.#next(0);
    this.fieldsRevision = this.revision;
  }

  #next(seq: number): void {
    this.revision++;
    this.changes.push({ revision: this.revision, seq });
    for (const [who, floors] of this.#floors) {
      const floor = this.floorOf(who);
      if (floors.at(-1)?.seq !== floor) floors.push({ revision: this.revision, seq: floor });
    }
  }
}

function newMember(): MemberModel {
  return {
    state: "left",
    isReadDenied: false,
    mutedUntilMs: null,
    expiresAtMs: null,
    joinedSeq: 0,
    readSeq: 0,
    revision: 0,
  };
}

export function hasPassed(endMs: number | null, nowMs: number): boolean {
  return endMs !== null && endMs <= nowMs;
}
