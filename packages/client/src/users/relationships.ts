import { v1 } from "@confab/protocol";
import { type Observable, Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../sessions/session.ts";
import type { Directory } from "./directory.ts";

const PAGE_SIZE = 100;
const NOTHING: Relationship = { isBlocked: false, isMuted: false };

const { listRelationships, updateRelationship } = v1.UserService.method;

/** The user's wishes about somebody. */
export interface Relationship {
  /** They can't reach the user, and neither sees the other's presence. Fold away their messages. */
  readonly isBlocked: boolean;
  /** Their messages should notify nobody. */
  readonly isMuted: boolean;
}

/**
 * The people whom the user blocks or mutes, by their ids. Their messages count neither as unread nor as mentions. Calls take a
 * handle or an id, and reject as those of `Users` do. Changes by the user's other devices show after the next reconnect.
 */
export interface Relationships extends Observable<ReadonlyMap<string, Relationship>> {
  /** Returns all of them. */
  get(): ReadonlyMap<string, Relationship>;
  /** Keeps somebody from reaching the user. @throws ConflictError `RELATIONSHIPS_FULL` for more than 1,000 people */
  block(handleOrId: string, options?: CallOptions): Promise<void>;
  /** Lets them reach the user again. A mute stays. */
  unblock(handleOrId: string, options?: CallOptions): Promise<void>;
  /** Lets somebody's messages count no more. @throws ConflictError `RELATIONSHIPS_FULL` for more than 1,000 people */
  mute(handleOrId: string, options?: CallOptions): Promise<void>;
  /** Lets their messages count again. A block stays. */
  unmute(handleOrId: string, options?: CallOptions): Promise<void>;
}

interface RelationshipListOptions {
  readonly session: Session;
  readonly directory: Directory;
}

/** The user's relationships, as the server had them at the last connection, with the changes since. */
export class RelationshipList implements Relationships {
  readonly get: Relationships["get"];
  readonly subscribe: Relationships["subscribe"];
  readonly #options: RelationshipListOptions;
  readonly #source: Source<ReadonlyMap<string, Relationship>>;
  #known: ReadonlyMap<string, Relationship> = new Map();
  /** Counts the user's own changes: a list that was read before one of them is out of date. */
  #changes = 0;

  constructor(options: RelationshipListOptions) {
    this.#options = options;
    this.#source = new Source(() => this.#known);
    this.get = this.#source.get;
    this.subscribe = this.#source.subscribe;
  }

  block(handleOrId: string, options: CallOptions = {}): Promise<void> {
    return this.#change(handleOrId, { isBlocked: true }, options);
  }

  unblock(handleOrId: string, options: CallOptions = {}): Promise<void> {
    return this.#change(handleOrId, { isBlocked: false }, options);
  }

  mute(handleOrId: string, options: CallOptions = {}): Promise<void> {
    return this.#change(handleOrId, { isMuted: true }, options);
  }

  unmute(handleOrId: string, options: CallOptions = {}): Promise<void> {
    return this.#change(handleOrId, { isMuted: false }, options);
  }

  isBlocked(userId: string): boolean {
    return this.#known.get(userId)?.isBlocked ?? false;
  }

  /** Returns the ids of all people whose messages don't count. */
  silenced(): ReadonlySet<string> {
    return new Set(this.#known.keys());
  }

  /** Reads all of them again. @throws ConfabError */
  async load(): Promise<void> {
    const { session } = this.#options;
    const changes = this.#changes;
    const found = new Map<string, Relationship>();
    let pageToken = "";
    do {
      const page = await session.call(listRelationships, { pageSize: PAGE_SIZE, pageToken });
      for (const { userId, blocked, muted } of page.relationships) {
        found.set(userId, { isBlocked: blocked, isMuted: muted });
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    if (changes === this.#changes) this.#set(found);
  }

  async #change(handleOrId: string, wish: Partial<Relationship>, options: CallOptions): Promise<void> {
    const { session, directory } = this.#options;
    const [userId = ""] = await directory.resolve([handleOrId], options);
    const wanted = { ...(this.#known.get(userId) ?? NOTHING), ...wish };
    const relationship = { userId, blocked: wanted.isBlocked, muted: wanted.isMuted };
    await session.call(updateRelationship, { relationship }, options);
    this.#changes++;
    const known = new Map(this.#known);
    if (wanted.isBlocked || wanted.isMuted) known.set(userId, wanted);
    else known.delete(userId);
    this.#set(known);
  }

  #set(known: ReadonlyMap<string, Relationship>): void {
    const isSame = JSON.stringify([...known].sort()) === JSON.stringify([...this.#known].sort());
    if (isSame) return;
    this.#known = known;
    this.#source.changed();
  }
}
