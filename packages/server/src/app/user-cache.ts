import type { UserId } from "../domain/ids.ts";
import type { User } from "../domain/users.ts";
import type { Store } from "../store/port/store.ts";
import type { Clock } from "./clock.ts";
import { Remember } from "./remember.ts";

const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 50_000;

/** Users by their id: what is asked most is asked of the store once. */
export interface UserCache {
  get(userId: UserId): User | null | Promise<User | null>;
  /** Says that a user has changed. */
  forget(userId: UserId): void;
}

export function createUserCache({
  store,
  clock,
}: {
  store: Pick<Store, "findUser">;
  clock: Clock;
}): UserCache {
  const remembered = new Remember<UserId, User | null>({
    clock,
    maxAgeMs: REMEMBER_MS,
    maxEntries: MAX_REMEMBERED,
  });
  return {
    get: (userId) => remembered.get(userId, () => store.findUser({ userId })),
    forget: (userId) => remembered.forget(userId),
  };
}
