import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { Code, NotFoundError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../session/session.ts";
import { orAborted } from "../waiting.ts";
import { standIn, toUser } from "./convert.ts";
import type { User, Users } from "./user.ts";

/** How many users are asked for at once, and how many are remembered. */
const MAX_BATCH = 100;
const MAX_KNOWN = 10_000;
/** Nobody tells of a new name: after so long one asks again, and shows the old one meanwhile. */
const MAX_AGE_MS = 10 * 60_000;
/** After a failed request, and for ids that nobody has, one does not ask again at once. */
const RETRY_MS = 30_000;
const SEARCH_PAGE = 50;

const { getUser, batchGetUsers, listUsers } = v1.UserService.method;

interface Known {
  readonly user: User;
  readonly askAgainAtMs: number;
}

/** What the directory is made of. */
export interface DirectoryOptions {
  readonly session: Session;
  readonly environment: Environment;
}

/** Who is known by name; those whom someone looks for and who are not known are asked for together. */
export class Directory implements Users {
  /** Changes when names have come that were shown otherwise before. */
  readonly names: Source<ReadonlyMap<string, Known>>;
  readonly #options: DirectoryOptions;
  /** Whom one was told of the longest ago first. */
  readonly #known = new Map<string, Known>();
  readonly #wanted = new Set<string>();
  #loading: Promise<void> | null = null;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.names = new Source(() => this.#known);
  }

  async get(userId: string, options: CallOptions = {}): Promise<User> {
    const known = this.peek(userId);
    if (known) return known;
    return this.#ask({ case: "userId", value: userId }, options);
  }

  byHandle(handle: string, options: CallOptions = {}): Promise<User> {
    return this.#ask({ case: "handle", value: handle }, options);
  }

  async search(query: string, options: CallOptions = {}): Promise<readonly User[]> {
    const { users } = await this.#options.session.call(listUsers, { query, pageSize: SEARCH_PAGE }, options);
    return users.map((user) => this.keep(user));
  }

  peek(userId: string): User | undefined {
    const user = this.#known.get(userId)?.user;
    return user?.isKnown ? user : undefined;
  }

  /** Who it is, or a stand-in until `onChanged`. */
  show(userId: string): User {
    const known = this.#known.get(userId);
    if (!known || known.askAgainAtMs <= this.#options.environment.nowMs()) this.#want(userId);
    if (!known) return this.#remember(standIn(userId), MAX_AGE_MS);
    return known.user;
  }

  /** Waits until these are known, as far as they can be. @throws the signal's reason */
  async load(userIds: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const userId of userIds) if (!this.peek(userId)) this.show(userId);
    if (userIds.some((userId) => !this.peek(userId)) && this.#loading) {
      await orAborted(this.#loading, signal);
    }
  }

  /** Takes note of someone whom the server has told of. */
  keep(user: v1.User): User {
    return this.#remember(toUser(user), MAX_AGE_MS);
  }

  /** The ids of people who are named by handle or by id. @throws NotFoundError */
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

  async #ask(key: v1.GetUserRequest["key"], options: CallOptions): Promise<User> {
    const { user } = await this.#options.session.call(getUser, { key }, options);
    if (user) return this.keep(user);
    const message = `there is no user "${key.value}"`;
    throw new NotFoundError({ reason: "USER_NOT_FOUND", code: Code.NOT_FOUND, message });
  }

  #want(userId: string): void {
    this.#wanted.add(userId);
    this.#loading ??= this.#loadWanted().finally(() => {
      this.#loading = null;
      if (this.#wanted.size > 0) for (const id of [...this.#wanted]) this.#want(id);
    });
  }

  /** Begins a turn later, so that all who are looked for in this one are asked for together. */
  async #loadWanted(): Promise<void> {
    await Promise.resolve();
    while (this.#wanted.size > 0) {
      const userIds = [...this.#wanted].slice(0, MAX_BATCH);
      for (const userId of userIds) this.#wanted.delete(userId);
      // Without them there are stand-ins, and they are asked for again when someone looks.
      const found = await this.#options.session
        .call(batchGetUsers, { userIds })
        .catch(() => ({ users: [] as v1.User[] }));
      for (const user of found.users) this.keep(user);
      const missing = userIds.filter((userId) => !found.users.some(({ id }) => id === userId));
      for (const userId of missing) {
        this.#remember(this.#known.get(userId)?.user ?? standIn(userId), RETRY_MS);
      }
      if (found.users.length > 0) this.names.changed();
    }
  }

  /** Someone who is as before stays the same object. */
  #remember(user: User, validMs: number): User {
    const before = this.#known.get(user.id)?.user;
    const kept = before && JSON.stringify(before) === JSON.stringify(user) ? before : user;
    this.#known.delete(user.id);
    this.#known.set(user.id, { user: kept, askAgainAtMs: this.#options.environment.nowMs() + validMs });
    const oldest = this.#known.size > MAX_KNOWN ? this.#known.keys().next() : null;
    if (oldest && !oldest.done) this.#known.delete(oldest.value);
    return kept;
  }
}
