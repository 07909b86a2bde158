import { v1 } from "@confab/protocol";
import { type Caller, type Cast, newRoomId, type Part } from "../cast.ts";
import { openStageRoom } from "./open.ts";
import { type RoomKind, type Standing, standings, type Unproven } from "./rows.ts";

const { openDirectRoom, addMembers, updateMember, deleteRoom } = v1.RoomService.method;
const { sendMessage } = v1.ChatService.method;
const { updateRelationship, deleteUser } = v1.UserService.method;

/** Everyone whom the room matrix has a column for. */
export type Someone = Standing | Unproven;

/** A room with people in it, and all that a call can name of it. */
export interface Scene {
  readonly roomId: string;
  readonly memberId: string;
  readonly moderatorId: string;
  readonly ownerId: string;
  /** Someone who is not in it, and never was. */
  readonly newcomerId: string;
  /** The message of each who has written one there; of all others, message 1. */
  readonly ownSeqs: ReadonlyMap<Someone, bigint>;
}

const parts = {
  anonymous: { role: "anonymous", name: "anonymous" },
  expired: { role: "expired", name: "expired" },
  suspended: { role: "suspended", name: "suspended" },
  "guest session": { role: "guest", name: "guest session" },
  outsider: { role: "user", name: "outsider" },
  invited: { role: "user", name: "invited" },
  member: { role: "user", name: "member" },
  muted: { role: "user", name: "muted" },
  moderator: { role: "user", name: "moderator" },
  owner: { role: "user", name: "owner" },
  banned: { role: "user", name: "banned" },
  "system moderator": { role: "moderator", name: "system moderator" },
  admin: { role: "admin", name: "admin" },
  service: { role: "service", name: "service" },
} as const satisfies Record<Someone, Part>;

const speakersInDirect = ["member", "muted", "banned", "service"] as const;
const speakersInGroups = [...speakersInDirect, "moderator", "owner", "admin"] as const;

/** Everyone who has something to do with a room: those who can't prove it any more own it. */
const everyone: readonly Someone[] = [...standings, "expired", "suspended"];

const joinRules: Partial<Record<RoomKind, v1.JoinRule>> = {
  "public, by knocking": v1.JoinRule.KNOCK,
  "public, by invitation": v1.JoinRule.INVITE,
};

/** When a mute ends that lasts longer than the tests. */
export function inAnHour() {
  return { seconds: BigInt(Math.floor(Date.now() / 1_000) + 3_600), nanos: 0 };
}

/** Rooms in which the matrix is played: one of each kind with everyone in it, and others to be spent. */
export class Scenes {
  readonly #cast: Cast;
  readonly #shared = new Map<RoomKind, Promise<Scene>>();

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** Gives the account with this relation. Calls that use up rooms have an account of their own, in many rooms. */
  get(someone: Someone, spends = false): Promise<Caller> {
    const part: Part = parts[someone];
    return this.#cast.get(spends ? { ...part, name: `${part.name}, in many rooms` } : part);
  }

  /** The room of a kind with everyone in it. */
  shared(kind: RoomKind): Promise<Scene> {
    const known = this.#shared.get(kind);
    if (known) return known;
    const made = this.#open(kind, everyone);
    this.#shared.set(kind, made);
    return made;
  }

  /** A room for one call of someone who changes it. */
  toBeSpent(kind: RoomKind, standing: Standing): Promise<Scene> {
    return this.#open(kind, [standing], true);
  }

  /** A public room that everyone was in, and that has been deleted. */
  async deleted(): Promise<Scene> {
    const scene = await this.#open("public", everyone);
    await this.#cast.client.unary(deleteRoom, { roomId: scene.roomId }, await this.#keeper());
    return scene;
  }

  async #open(kind: RoomKind, present: readonly Someone[], spends = false): Promise<Scene> {
    const [member, moderator, owner, newcomer] = await Promise.all([
      this.#cast.get({ role: "user", name: "a member" }),
      this.#cast.get({ role: "user", name: "a moderator" }),
      this.#cast.get({ role: "user", name: "an owner" }),
      this.#cast.get({ role: "user", name: "a newcomer" }),
    ]);
    const named = {
      memberId: member.account.id,
      moderatorId: moderator.account.id,
      ownerId: owner.account.id,
      newcomerId: newcomer.account.id,
    };
    if (kind === "direct, unwanted" || kind === "direct, alone") return this.#openPair(kind, named);
    if (kind === "missing") return { ...named, roomId: newRoomId(), ownSeqs: new Map() };

    const idsOf = async (...wanted: readonly Someone[]): Promise<string[]> => {
      const callers = wanted.filter((one) => present.includes(one)).map((one) => this.get(one, spends));
      return (await Promise.all(callers)).map(({ account }) => account.id);
    };
    const members = await idsOf("member", "muted", "banned");
    const owners = await idsOf("owner", "expired", "suspended");
    let place: Pick<Scene, "roomId" | "memberId">;
    if (kind === "direct") place = await this.#openDirect(owner, [...members, ...(spends ? [] : owners)]);
    else {
      const joinRule = joinRules[kind];
      const roomId = await openStageRoom(
        { cast: this.#cast, options: await this.#keeper() },
        {
          isPublic: kind !== "private",
          ...(joinRule !== undefined && { joinRule }),
          memberIds: [named.memberId, ...members],
          moderatorIds: [named.moderatorId, ...(await idsOf("moderator"))],
          ownerIds: [named.ownerId, ...owners],
        },
      );
      place = { roomId, memberId: named.memberId };
    }
    const ownSeqs = await this.#speak(place.roomId, kind, { present, spends });
    await this.#settle(place.roomId, owner, {
      invited: kind === "direct" ? [] : await idsOf("invited"),
      muted: await idsOf("muted"),
      banned: await idsOf("banned"),
    });
    return { ...named, ...place, ownSeqs };
  }

  /** A direct room of the member's whose other one has blocked them, or is erased. */
  async #openPair(
    kind: "direct, unwanted" | "direct, alone",
    named: Omit<Scene, "roomId" | "ownSeqs">,
  ): Promise<Scene> {
    const { client } = this.#cast;
    const member = await this.get("member");
    const other = await this.#cast.get({ role: "user", name: this.#cast.newName("other") });
    const opened = await client.unary(openDirectRoom, { userIds: [other.account.id] }, member.options);
    const roomId = opened.room?.id ?? "";
    await client.unary(sendMessage, { roomId, text: "hello" }, member.options);
    const relationship = { userId: member.account.id, blocked: true };
    if (kind === "direct, unwanted") await client.unary(updateRelationship, { relationship }, other.options);
    else await client.unary(deleteUser, { userId: "me" }, other.options);
    return { ...named, roomId, memberId: other.account.id, ownSeqs: new Map([["member", 1n]]) };
  }

  /** A direct room of its own: with a guest whom nobody else has met. */
  async #openDirect(owner: Caller, userIds: readonly string[]) {
    const name = this.#cast.newName("met once");
    const { account } = await this.#cast.get({ role: "guest", name });
    const { client } = this.#cast;
    const opened = await client.unary(openDirectRoom, { userIds: [account.id, ...userIds] }, owner.options);
    const roomId = opened.room?.id ?? "";
    await client.unary(sendMessage, { roomId, text: "hello" }, owner.options);
    return { roomId, memberId: account.id };
  }

  /** Everyone who may speak says something, before some of them are muted or banned. */
  async #speak(
    roomId: string,
    kind: RoomKind,
    { present, spends }: { present: readonly Someone[]; spends: boolean },
  ): Promise<ReadonlyMap<Someone, bigint>> {
    const ownSeqs = new Map<Someone, bigint>();
    const speakers = kind === "direct" ? speakersInDirect : speakersInGroups;
    for (const someone of speakers.filter((one) => present.includes(one))) {
      const { options } = await this.get(someone, spends);
      const { message } = await this.#cast.client.unary(sendMessage, { roomId, text: "hello" }, options);
      ownSeqs.set(someone, message?.seq ?? 0n);
    }
    return ownSeqs;
  }

  async #settle(
    roomId: string,
    owner: Caller,
    { invited, muted, banned }: Readonly<Record<"invited" | "muted" | "banned", string[]>>,
  ): Promise<void> {
    const { client } = this.#cast;
    if (invited.length > 0) await client.unary(addMembers, { roomId, userIds: invited }, owner.options);
    const keeper = await this.#keeper();
    for (const userId of muted) {
      const member = { roomId, userId, mutedUntilTime: inAnHour() };
      await client.unary(updateMember, { member, updateMask: { paths: ["muted_until_time"] } }, keeper);
    }
    for (const userId of banned) {
      const member = { roomId, userId, state: v1.MemberState.BANNED };
      await client.unary(updateMember, { member, updateMask: { paths: ["state"] } }, keeper);
    }
  }

  /** The service that makes rooms, and keeps them in order. */
  async #keeper() {
    return (await this.#cast.get({ role: "service", name: "who keeps rooms" })).options;
  }
}
