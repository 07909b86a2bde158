import { v1 } from "@confab/protocol";
import type { CallOptions } from "../options.ts";
import type { Session } from "../session/session.ts";
import { toMemberRecord } from "./convert-room.ts";
import type { MemberRecord } from "./records.ts";

const PAGE_SIZE = 100;

/** All members of a room in one state, page by page. @throws ConfabError */
export async function listMembers(
  session: Session,
  roomId: string,
  { state, ...options }: CallOptions & { readonly state: v1.MemberState },
): Promise<readonly MemberRecord[]> {
  const members: MemberRecord[] = [];
  let pageToken = "";
  do {
    const request = { roomId, pageSize: PAGE_SIZE, pageToken, state };
    const page = await session.call(v1.RoomService.method.listMembers, request, options);
    members.push(...page.members.map(toMemberRecord));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return members;
}

/** Who is in a room: loaded when someone first asks, and kept right from then on by what the stream brings. */
export class MemberList {
  readonly #load: () => Promise<readonly MemberRecord[]>;
  readonly #onChanged: () => void;
  #joined: ReadonlyMap<string, MemberRecord> = new Map();
  #isWanted = false;
  #loading: Promise<void> | null = null;
  /** What has come while the list was being loaded. */
  #since: MemberRecord[] = [];

  /** `load` lists who has joined. */
  constructor(load: () => Promise<readonly MemberRecord[]>, onChanged: () => void) {
    this.#load = load;
    this.#onChanged = onChanged;
  }

  /** As far as they are known. */
  get joined(): ReadonlyMap<string, MemberRecord> {
    return this.#joined;
  }

  /** Loads the list, unless it was loaded before. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    void this.refresh();
  }

  /** Loads it again where it is in use: something may have been missed. */
  async refresh(): Promise<void> {
    if (!this.#isWanted) return;
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  change(member: MemberRecord): void {
    if (this.#loading) this.#since.push(member);
    if (!this.#isWanted) return;
    this.#joined = applied(this.#joined, [member]);
    this.#onChanged();
  }

  async #loadAll(): Promise<void> {
    this.#since = [];
    try {
      const members = await this.#load();
      this.#joined = applied(new Map(members.map((member) => [member.userId, member])), this.#since);
      this.#onChanged();
    } catch {
      // Without the list nothing is shown; the next connection, or whoever asks next, tries again.
      this.#isWanted = this.#joined.size > 0;
    }
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
