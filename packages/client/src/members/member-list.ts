import { v1 } from "@confab/protocol";
import type { MemberRecord } from "../live/records.ts";
import type { RoomCache } from "../live/room-cache.ts";
import { Source } from "../observable.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { User } from "../users/user.ts";
import { listMembers } from "./calls.ts";

/** The server sends presence in rooms of up to this many members; all of them are read only in those. */
const MAX_WITH_PRESENCE = 500;
const MAX_PAGE_SIZE = 100;

/** The members of a room: loaded on first use, then kept up to date by the stream. */
export class MemberList {
  /** The joined members who are online or away, as far as both are known. */
  readonly online: Source<readonly User[]>;
  /** The joined members' read positions, as far as they are known. */
  readonly readPositions: Source<ReadonlyMap<string, number>>;
  readonly #context: RoomContext;
  readonly #cache: RoomCache;
  #joined: ReadonlyMap<string, MemberRecord> = new Map();
  #isWanted = false;
  #loading: Promise<void> | null = null;
  /** Changes that arrived while the list was being loaded. */
  #changesSinceLoad: MemberRecord[] = [];
  readonly #readSinceLoad = new Map<string, number>();

  constructor(context: RoomContext, cache: RoomCache) {
    this.#context = context;
    this.#cache = cache;
    this.online = new Source(() => this.#computeOnline());
    this.readPositions = new Source(() => this.#computeReadPositions());
  }

  /** Returns the ids of all members; empty until the list is loaded, which the first call starts. */
  userIds(): readonly string[] {
    if (!this.#isWanted) {
      this.#isWanted = true;
      void this.refresh();
    }
    return [...this.#joined.keys()];
  }

  /** Loads the list again if it is in use, because changes may have been missed. */
  async refresh(): Promise<void> {
    if (!this.#isWanted) return;
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  apply(member: MemberRecord): void {
    if (this.#loading) this.#changesSinceLoad.push(member);
    if (!this.#isWanted) return;
    this.#joined = applied(this.#joined, [member]);
    this.#changed();
  }

  /** Takes note of a member's read position, which never moves back. */
  read(userId: string, readSeq: number): void {
    const member = this.#joined.get(userId);
    if (this.#loading) this.#readSinceLoad.set(userId, readSeq);
    if (member && readSeq > member.readSeq) this.apply({ ...member, readSeq });
  }

  async #loadAll(): Promise<void> {
    this.#changesSinceLoad = [];
    this.#readSinceLoad.clear();
    try {
      const members = await this.#load();
      this.#joined = applied(
        new Map(members.map((member) => [member.userId, member])),
        this.#changesSinceLoad,
      );
      for (const [userId, readSeq] of this.#readSinceLoad) this.read(userId, readSeq);
      this.#changed();
    } catch {
      // Nothing is shown without the list; the next connection or the next use tries again.
      this.#isWanted = this.#joined.size > 0;
    }
  }

  async #load(): Promise<readonly MemberRecord[]> {
    const { background } = this.#context;
    const { id: roomId, memberCount } = this.#cache.state.room;
    // The server counts a page by its size: the many rooms of two people should cost little.
    const pageSize = Math.max(1, Math.min(memberCount, MAX_PAGE_SIZE));
    const query = { roomId, state: v1.MemberState.JOINED, pageSize };
    return background.run(() => listMembers(this.#context, query, {}));
  }

  #changed(): void {
    this.online.changed();
    this.readPositions.changed();
  }

  #computeReadPositions(): ReadonlyMap<string, number> {
    if (this.#cache.state.room.memberCount > MAX_WITH_PRESENCE) return new Map();
    const positions = this.userIds().map(
      (userId) => [userId, this.#joined.get(userId)?.readSeq ?? 0] as const,
    );
    return new Map(positions);
  }

  #computeOnline(): readonly User[] {
    if (this.#cache.state.room.memberCount > MAX_WITH_PRESENCE) return [];
    const { presence, directory } = this.#context;
    const present = presence.present.get();
    const userIds = this.userIds().filter((userId) => present.has(userId));
    return userIds.map((userId) => directory.show(userId));
  }
}

function applied(
  joined: ReadonlyMap<string, MemberRecord>,
  changes: readonly MemberRecord[],
): ReadonlyMap<string, MemberRecord> {
  const after = new Map(joined);
  for (const member of changes) {
    if (member.state === "joined") after.set(member.userId, member);
    else after.delete(member.userId);
  }
  return after;
}
