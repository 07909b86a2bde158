import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { Code, NotFoundError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../sessions/session.ts";
import { orAborted } from "../waiting.ts";
import { standIn, toUser } from "./convert.ts";
import { ProfileCache } from "./profile-cache.ts";
import type { User, Users } from "./user.ts";

const MAX_BATCH = 100;
const MAX_CACHED = 10_000;
/** The stream tells of changes only where the user shares a small room: others are loaded again after this time. */
const TTL_MS = 10 * 60_000;
/** Time before a failed request, or an unknown id, is tried again. */
const RETRY_MS = 30_000;
const SEARCH_PAGE = 50;
/** Most characters of a handle; an id has more. */
const MAX_HANDLE = 32;
/** Most handles that are looked up at once. */
const MAX_LOOKUPS = 16;

const { getUser, batchGetUsers, listUsers } = v1.UserService.method;

type Key = Extract<v1.GetUserRequest["key"], { readonly value: string }>;

interface DirectoryOptions {
  readonly session: Pick<Session, "call">;
  readonly environment: Pick<Environment, "nowMs">;
}

/** A user whose profile is being asked for: once, however many wait for it. */
interface Asked extends PromiseWithResolvers<User | null> {
  /** True if a placeholder or an old profile is shown meanwhile. */
  isShown: boolean;
}

/** Knows the profiles of users: those that are shown, asked for in batches, and a bounded number of others. */
export class Directory implements Users {
  /** Changes when loaded profiles replace placeholders or old names. Its value is the number of profiles. */
  readonly names: Source<number>;
  readonly #options: DirectoryOptions;
  readonly #cache: ProfileCache;
  readonly #asked = new Map<string, Asked>();
  /** The ids among `#asked` that no request contains yet. */
  readonly #queued: string[] = [];
  /** The single requests on their way, by their keys. */
  readonly #asking = new Map<string, Promise<User>>();
  /** The users who have changed since each request that is on its way: its answer may be older. */
  readonly #changedSince = new Set<Set<string>>();
  #isLoading = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#cache = new ProfileCache(MAX_CACHED, options.environment.nowMs);
    this.names = new Source(() => this.#cache.size);
  }

  async get(userId: string, options: CallOptions = {}): Promise<User> {
    const known = this.peek(userId);
    if (known && !this.#cache.isStale(userId)) return known;
    const asked = this.#asked.get(userId);
    const loaded = asked && (await orAborted(asked.promise, options.signal));
    return loaded ?? this.#ask({ case: "userId", value: userId }, options);
  }

  byHandle(handle: string, options: CallOptions = {}): Promise<User> {
    return this.#ask({ case: "handle", value: handle }, options);
  }

  async search(query: string, options: CallOptions = {}): Promise<readonly User[]> {
    const { users } = await this.#options.session.call(listUsers, { query, pageSize: SEARCH_PAGE }, options);
    return users.map((user) => this.put(user));
  }

  peek(userId: string): User | undefined {
    const user = this.#cache.use(userId);
    return user?.isKnown ? user : undefined;
  }

  /** Returns the profile, or a placeholder until `names` changes. */
  show(userId: string): User {
    if (this.#cache.isStale(userId)) this.#want(userId).isShown = true;
    const user = this.#cache.use(userId);
    if (user) return user;
    this.#cache.store(standIn(userId), RETRY_MS);
    return this.#cache.use(userId) ?? standIn(userId);
  }

  /** Returns these profiles, loaded if they can be; a placeholder for each other. @throws the signal's reason */
  async load(userIds: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, User>> {
    const users = new Map<string, User>();
    const loading = [...new Set(userIds)].map(async (userId) => {
      const isAsked = this.#asked.has(userId) || this.#cache.isStale(userId);
      const user = this.peek(userId) ?? (isAsked ? await this.#want(userId).promise : null);
      users.set(userId, user ?? standIn(userId));
    });
    await orAborted(Promise.all(loading), signal);
    return users;
  }

  /** Caches a profile that the server has sent. */
  put(user: v1.User): User {
    return this.#cache.store(toUser(user), TTL_MS);
  }

  /** Takes a profile that has changed, if it may be shown. */
  changed(user: v1.User): void {
    for (const changed of this.#changedSince) changed.add(user.id);
    const before = this.#cache.use(user.id);
    if (before && this.put(user) !== before) this.names.changed();
  }

  /** Loads the profiles that are shown again, because changes may have been missed; the others once they are shown. */
  refresh(): void {
    this.#cache.expire();
    this.names.changed();
  }

  /** Returns the ids of people given by handle or id. @throws NotFoundError */
  async resolve(handlesOrIds: readonly string[], options: CallOptions): Promise<string[]> {
    const ids = handlesOrIds.filter((name) => !this.peek(name) && name.length > MAX_HANDLE);
    // Together: they may be many.
    if (ids.length > 1) await this.load(ids, options.signal);
    const resolved: string[] = [];
    for (let from = 0; from < handlesOrIds.length; from += MAX_LOOKUPS) {
      const some = handlesOrIds.slice(from, from + MAX_LOOKUPS);
      resolved.push(...(await Promise.all(some.map((name) => this.#resolveOne(name, options)))));
    }
    return resolved;
  }

  async #resolveOne(handleOrId: string, options: CallOptions): Promise<string> {
    if (this.peek(handleOrId)) return handleOrId;
    if (handleOrId.length <= MAX_HANDLE) {
      try {
        return (await this.byHandle(handleOrId, options)).id;
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    return (await this.get(handleOrId, options)).id;
  }

  /** Asks for one user; who asks for the same meanwhile shares the call. @throws NotFoundError */
  #ask(key: Key, { signal }: CallOptions): Promise<User> {
    const name = `${key.case} ${key.value}`;
    let asking = this.#asking.get(name);
    if (!asking) {
      asking = this.#askOnce(key).finally(() => this.#asking.delete(name));
      this.#asking.set(name, asking);
    }
    return orAborted(asking, signal);
  }

  async #askOnce(key: Key): Promise<User> {
    const asked = async (): Promise<readonly v1.User[]> => {
      const { user } = await this.#options.session.call(getUser, { key });
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

  /** Asks for a user with the next batch, unless that is under way. */
  #want(userId: string): Asked {
    const known = this.#asked.get(userId);
    if (known) return known;
    const asked = { ...Promise.withResolvers<User | null>(), isShown: false };
    this.#asked.set(userId, asked);
    this.#queued.push(userId);
    if (!this.#isLoading) void this.#loadQueued();
    return asked;
  }

  /** Waits one microtask, so that all lookups of this turn share a request. */
  async #loadQueued(): Promise<void> {
    this.#isLoading = true;
    await Promise.resolve();
    while (this.#queued.length > 0) await this.#loadBatch(this.#queued.splice(0, MAX_BATCH));
    this.#isLoading = false;
  }

  async #loadBatch(userIds: readonly string[]): Promise<void> {
    const ask = async (): Promise<readonly v1.User[]> =>
      (await this.#options.session.call(batchGetUsers, { userIds: [...userIds] })).users;
    // After a failure the placeholders stay; a later lookup tries again.
    const users = await this.#read(ask).catch(() => []);
    const found = new Map(users.map((user) => [user.id, user]));
    let hasNews = false;
    for (const userId of userIds) {
      const user = found.get(userId) ?? null;
      if (!user) this.#cache.store(this.peek(userId) ?? standIn(userId), RETRY_MS);
      const asked = this.#asked.get(userId);
      this.#asked.delete(userId);
      asked?.resolve(user);
      if (user && asked?.isShown) hasNews = true;
    }
    if (hasNews) this.names.changed();
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
}
