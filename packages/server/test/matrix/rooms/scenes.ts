import { v1 } from "@confab/protocol";
import { actingFor, type Caller, type Cast, newRoomId, type Part } from "../cast.ts";
import type { Calling } from "../stage.ts";
import { openStageRoom } from "./open.ts";
import { type RoomKind, type Standing, standings, type Unproven } from "./rows.ts";

const { openDirectRoom, addMembers, updateMember, deleteRoom } = v1.RoomService.method;
const { sendMessage } = v1.ChatService.method;

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

/** Far enough ahead for a mute to last. */
export const HOUR_S = 3_600;

/** Rooms in which the matrix is played: one of each kind with everyone in it, and others to be spent. */
export class Scenes {
  readonly #cast: Cast;
  readonly #shared = new Map<RoomKind, Promise<Scene>>();

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** Who stands so. Whoever spends rooms is someone else, and in many of them. */
  get(someone: Someone, spends = false): Promise<Caller> {
    const part: Part = parts[someone];
    return this.#cast.get(spends ? { ...part, name: `${part.name}, in many rooms` } : part);
  }

  /** The room of a kind with everyone in it. */
  shared(kind: RoomKind): Promise<Scene> {
    const known = this.#shared.get(kind);
    if (known) return known;
    const made = this.#open(kind, standings);
    this.#shared.set(kind, made);
    return made;
  }

  /** A room for one call of someone who changes it. */
  toBeSpent(kind: RoomKind, standing: Standing): Promise<Scene> {
    return this.#open(kind, [standing], true);
  }

  /** A public room that everyone was in, and that has been deleted. */
  async deleted(): Promise<Scene> {
    const scene = await this.#open("public", standings);
    await this.#call(await this.#keeper(), deleteRoom, { roomId: scene.roomId });
    return scene;
  }

  async #open(kind: RoomKind, present: readonly Standing[], spends = false): Promise<Scene> {
    const those = async (...wanted: readonly Standing[]): Promise<readonly Caller[]> =>
      Promise.all(wanted.filter((one) => present.includes(one)).map((one) => this.get(one, spends)));
    const people = await this.#people();
    const named = {
      memberId: people.member.account.id,
      moderatorId: people.moderator.account.id,
      ownerId: people.owner.account.id,
      newcomerId: people.newcomer.account.id,
    };
    if (kind === "missing") return { ...named, roomId: newRoomId(), ownSeqs: new Map() };

    const revoked = [await this.get("expired"), await this.get("suspended")];
    const members = await those("member", "muted", "banned");
    const place =
      kind === "direct"
        ? await this.#openDirect(people.owner, [...members, ...(spends ? [] : revoked)])
        : await this.#openGroup(kind, {
            memberIds: [named.memberId, ...idsOf(members)],
            moderatorIds: [named.moderatorId, ...idsOf(await those("moderator"))],
            ownerIds: [named.ownerId, ...idsOf([...(await those("owner")), ...revoked])],
          });
    const scene = { ...named, ...place };
    const ownSeqs = await this.#speak(scene.roomId, kind, present, spends);
    const invited = kind === "direct" ? [] : idsOf(await those("invited"));
    if (invited.length > 0) {
      await this.#call(people.owner, addMembers, { roomId: scene.roomId, userIds: [...invited] });
    }
    for (const { account } of await those("muted")) await this.#mute(scene.roomId, account.id);
    for (const { account } of await those("banned")) await this.#ban(scene.roomId, account.id);
    return { ...scene, ownSeqs };
  }
