import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ChatError } from "../domain/errors.ts";

/** `points` calls within `seconds`, counted from the first of them. */
interface Limit {
  readonly points: number;
  readonly seconds: number;
}

/** What is limited, each by the key that it is counted for. */
export type LimitName =
  | "signInPerAccount"
  | "signInPerAccountHourly"
  | "signInPerAddress"
  | "registerPerAddress"
  | "sendPerUser"
  | "joinPerUser"
  | "callPerUser";

export type LimitTable = Readonly<Record<LimitName, Limit>>;

/** Counts calls and refuses those above their limit. */
export interface Limits {
  /** Counts one. @throws ChatError RATE_LIMITED with the time until the next may succeed */
  take(name: LimitName, key: string): Promise<void>;
  /** Whether one more would be refused, without counting it; the time until it isn't. */
  exceededForMs(name: LimitName, key: string): Promise<number>;
  /** Takes back one that should not have counted. */
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

  return {
    async take(name, key) {
      try {
        await limiter(name).consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw rateLimited(name, error.msBeforeNext);
      }
    },
    async exceededForMs(name, key) {
      const state = await limiter(name).get(key);
      return state && state.consumedPoints >= table[name].points ? state.msBeforeNext : 0;
    },
    async giveBack(name, key) {
      await limiter(name).reward(key);
    },
  };
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
  callPerUser: "calls",
} as const satisfies Record<LimitName, string>;

export function rateLimited(name: LimitName, retryAfterMs: number): ChatError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new ChatError("RATE_LIMITED", `too many ${what[name]}: try again in ${seconds} s`, {
    retryAfterMs: Math.max(1, retryAfterMs),
  });
}
