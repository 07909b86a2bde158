import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { Code, NotFoundError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../sessions/session.ts";
import { orAborted } from "../waiting.ts";
import { standIn, toUser } from "./convert.ts";
import type { User, Users } from "./user.ts";

/** Most users in one request, and in the cache. */
const MAX_BATCH = 100;
const MAX_CACHED = 10_000;
/** The stream tells of changes only where the user shares a small room: others are loaded again after this time. */
const TTL_MS = 10 * 60_000;
/** Time before a failed request, or an unknown id, is tried again. */
const RETRY_MS = 30_000;
const SEARCH_PAGE = 50;

const { getUser, batchGetUsers, listUsers } = v1.UserService.method;

interface CacheEntry {
  readonly user: User;
  readonly staleAtMs: number;
}

interface DirectoryOptions {
  readonly session: Session;
  readonly environment: Environment;
}

/** A TTL cache of user profiles. Missing ones are loaded in batches. */
export class Directory implements Users {
  /** Changes when loaded profiles replace placeholders or old names. */
  readonly names: Source<ReadonlyMap<string, CacheEntry>>;
  readonly #options: DirectoryOptions;
  /** The oldest entries come first. */
  readonly #cached = new Map<string, CacheEntry>();
  readonly #queued = new Set<string>();
  /** The users who have changed since each request that is on its way: its answer may be older. */
  readonly #changedSince = new Set<Set<string>>();
  #loading: Promise<void> | null = null;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.names = new Source(() => this.#cached);
  }

  async get(userId: string, options: CallOptions = {}): Promise<User> {
    const cached = this.#cached.get(userId);
    if (cached?.user.isKnown && !this.#isStale(cached)) return cached.user;
    return this.#ask({ case: "userId", value: userId }, options);
  }

  byHandle(handle: string, options: CallOptions = {}): Promise<User> {
    return this.#ask({ case: "handle", value: handle }, options);
  }

  async search(query: string, options: CallOptions = {}): Promise<readonly User[]> {
    const { users } = await this.#options.session.call(listUsers, { query, pageSize: SEARCH_PAGE }, options);
    return users.map((user) => this.put(user));
  }

  peek(userId: string): User | undefined {
    const user = this.#cached.get(userId)?.user;
    return user?.isKnown ? user : undefined;
  }

  /** Returns the profile, or a placeholder until `names` changes. */
  show(userId: string): User {
    const cached = this.#cached.get(userId);
    if (!cached || this.#isStale(cached)) this.#queue(userId);
    if (!cached) return this.#store(standIn(userId), TTL_MS);
    return cached.user;
  }

  /** Waits until these profiles are loaded, if they can be. @throws the signal's reason */
  async load(userIds: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const userId of userIds) if (!this.peek(userId)) this.show(userId);
    if (userIds.some((userId) => !this.peek(userId)) && this.#loading) {
      await orAborted(this.#loading, signal);
    }
  }

  /** Caches a profile that the server has sent. */
  put(user: v1.User): User {
    return this.#store(toUser(user), TTL_MS);
  }

  /** Takes a profile that has changed, if it may be shown. */
  changed(user: v1.User): void {
    for (const changed of this.#changedSince) changed.add(user.id);
    const before = this.#cached.get(user.id)?.user;
    if (before && this.put(user) !== before) this.names.changed();
  }

  /** Loads the profiles that are shown again, because changes may have been missed; the others once they are shown. */
  refresh(): void {
    for (const [userId, { user }] of this.#cached) this.#cached.set(userId, { user, staleAtMs: 0 });
    this.names.changed();
  }

  /** Returns the ids of people given by handle or id. @throws NotFoundError */
  resolve(handlesOrIds: readonly string[], options: CallOptions): Promise<string[]> {
    return Promise.all(handlesOrIds.map((name) => this.#resolveOne(name, options)));
  }

  async #resolveOne(handleOrId: string, options: CallOptions): Promise<string> {
    if (this.peek(handleOrId)) return handleOrId;
    try {
      return (await this.byHandle(handleOrId, options)).id;
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      return (await this.get(handleOrId, options)).id;
    }
  }

  #isStale({ staleAtMs }: CacheEntry): boolean {
    return staleAtMs <= this.#options.environment.nowMs();
  }

  async #ask(key: v1.GetUserRequest["key"], options: CallOptions): Promise<User> {
    const asked = async (): Promise<readonly v1.User[]> => {
      const { user } = await this.#options.session.call(getUser, { key }, options);
      return user ? [user] : [];
    };
    const [user] = await this.#read(asked).catch((error: unknown) => {
      if (error instanceof NotFoundError) return [];
      throw error;
    });
    if (user) return user;
    const message = `there is no user "${key.value}"`;
    throw new NotFoundError({ reason: "USER_NOT_FOUND", code: Code.NOT_FOUND, message });
  }

  #queue(userId: string): void {
    this.#queued.add(userId);
    this.#loading ??= this.#loadQueued().finally(() => {
      this.#loading = null;
      if (this.#queued.size > 0) for (const id of [...this.#queued]) this.#queue(id);
    });
  }

  /** Waits one microtask, so that all lookups of this turn share a request. */
  async #loadQueued(): Promise<void> {
    await Promise.resolve();
    while (this.#queued.size > 0) {
      const userIds = [...this.#queued].slice(0, MAX_BATCH);
      for (const userId of userIds) this.#queued.delete(userId);
      // After a failure the placeholders stay; a later lookup tries again.
      const asked = async (): Promise<readonly v1.User[]> =>
        (await this.#options.session.call(batchGetUsers, { userIds })).users;
      const found = await this.#read(asked).catch(() => []);
      const missing = userIds.filter((userId) => !found.some(({ id }) => id === userId));
      for (const userId of missing) {
        this.#store(this.#cached.get(userId)?.user ?? standIn(userId), RETRY_MS);
      }
      if (found.length > 0) this.names.changed();
    }
  }

  /** Reads profiles and caches them, but those of users who change meanwhile: what is cached of them is newer. */
  async #read(ask: () => Promise<readonly v1.User[]>): Promise<readonly User[]> {
    const changed = new Set<string>();
    this.#changedSince.add(changed);
    try {
      const users = await ask();
      return users.map((user) => (changed.has(user.id) && this.peek(user.id)) || this.put(user));
    } finally {
      this.#changedSince.delete(changed);
    }
  }

  /** Caches a profile; an unchanged one stays the same object. */
  #store(user: User, validMs: number): User {
    const before = this.#cached.get(user.id)?.user;
    const kept = before && JSON.stringify(before) === JSON.stringify(user) ? before : user;
    this.#cached.delete(user.id);
    this.#cached.set(user.id, { user: kept, staleAtMs: this.#options.environment.nowMs() + validMs });
    const oldest = this.#cached.size > MAX_CACHED ? this.#cached.keys().next() : null;
    if (oldest && !oldest.done) this.#cached.delete(oldest.value);
    return kept;
  }
}
