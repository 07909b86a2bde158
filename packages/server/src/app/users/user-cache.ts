import type { UserId } from "../../domain/ids.ts";
import { nameKey } from "../../domain/users/names.ts";
import type { User } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { Clock } from "../clock.ts";
import { TtlCache } from "../ttl-cache.ts";

const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 50_000;

/** Users by their id: what is asked most is asked of the store once. */
export interface UserCache {
  get(userId: UserId): User | null | Promise<User | null>;
  /** Says that a user has changed. */
  forget(userId: UserId): void;
  /** Says that an account has taken a handle: the guests who were called so have another name now. */
  forgetGuests(handleKey: string): void;
}

export function createUserCache(store: Pick<Store, "findUser">, clock: Clock): UserCache {
  const remembered = new TtlCache<UserId, User | null>(clock, REMEMBER_MS, MAX_REMEMBERED);
  return {
    get: (userId) => remembered.get(userId, () => store.findUser({ userId })),
    forget: (userId) => remembered.forget(userId),
    forgetGuests: (handleKey) =>
      remembered.forgetWhere((user) => user?.kind === "guest" && nameKey(user.displayName) === handleKey),
  };
}
