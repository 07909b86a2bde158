import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { type SignedIn, serviceOf } from "../domain/access/callers.ts";
import { ChatError } from "../domain/errors.ts";

/** `points` calls within `seconds`, counted from the first of them. */
interface Limit {
  readonly points: number;
  readonly seconds: number;
}

/** The limits. Each counts calls by a key. */
export type LimitName =
  | "signInPerAccount"
  | "signInPerAccountHourly"
  | "signInPerAddress"
  | "registerPerAddress"
  | "sendPerUser"
  | "joinPerUser"
  | "searchPerUser"
  | "callPerUser"
  | "sendPerService"
  | "callPerService";

export type LimitTable = Readonly<Record<LimitName, Limit>>;

/** Counts calls and refuses those above their limit. */
export interface Limits {
  /** Counts one, or several at once. @throws ChatError RATE_LIMITED with the time until the next may succeed */
  take(name: LimitName, key: string, count?: number): Promise<void>;
  /** Returns the time until one more call would be let through; 0: it would be now. Counts nothing. */
  exceededForMs(name: LimitName, key: string): Promise<number>;
  /** Takes back a call that should not have counted. */
  giveBack(name: LimitName, key: string): Promise<void>;
}

/** Limits that are counted in this process. */
export function createLimits(table: LimitTable): Limits {
  const limiters = new Map(
    (Object.keys(table) as LimitName[]).map((name) => {
      const { points, seconds } = table[name];
      return [name, new RateLimiterMemory({ keyPrefix: name, points, duration: seconds })];
    }),
  );
  function limiter(name: LimitName): RateLimiterMemory {
    const found = limiters.get(name);
    if (!found) throw new Error(`there is no limit ${name}`);
    return found;
  }

  /** The limiter counts its time by a timer, and tells it by the wall clock, which may have been set back. */
  const withinLimit = (name: LimitName, waitMs: number): number =>
    Math.min(waitMs, table[name].seconds * 1_000);

  return {
    async take(name, key, count = 1) {
      try {
        await limiter(name).consume(key, count);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw rateLimited(name, withinLimit(name, error.msBeforeNext));
      }
    },
    async exceededForMs(name, key) {
      const state = await limiter(name).get(key);
      return state && state.consumedPoints >= table[name].points ? withinLimit(name, state.msBeforeNext) : 0;
    },
    async giveBack(name, key) {
      await limiter(name).reward(key);
    },
  };
}

/** Counts calls of a caller who has signed in. A service key has limits of its own, whomever it acts for. */
export function takeCalls(limits: Limits, caller: SignedIn, count: number): Promise<void> {
  const serviceId = serviceOf(caller);
  return serviceId === null
    ? limits.take("callPerUser", caller.account.id, count)
    : limits.take("callPerService", serviceId, count);
}

/** Counts a message of a caller who has signed in, as `takeCalls` counts calls. */
export function takeSend(limits: Limits, caller: SignedIn): Promise<void> {
  const serviceId = serviceOf(caller);
  return serviceId === null
    ? limits.take("sendPerUser", caller.account.id)
    : limits.take("sendPerService", serviceId);
}

/** No limits at all, for a server that only this machine can reach. */
export const noLimits: Limits = {
  take: () => Promise.resolve(),
  exceededForMs: () => Promise.resolve(0),
  giveBack: () => Promise.resolve(),
};

const what = {
  signInPerAccount: "sign-ins to this account",
  signInPerAccountHourly: "sign-ins to this account",
  signInPerAddress: "sign-ins from this address",
  registerPerAddress: "registrations from this address",
  sendPerUser: "messages",
  joinPerUser: "rooms made and entered, and invitations",
  searchPerUser: "searches",
  callPerUser: "calls",
  sendPerService: "messages",
  callPerService: "calls",
} as const satisfies Record<LimitName, string>;

export function rateLimited(name: LimitName, retryAfterMs: number): ChatError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new ChatError("RATE_LIMITED", `too many ${what[name]}: try again in ${seconds} s`, {
    retryAfterMs: Math.max(1, retryAfterMs),
  });
}
