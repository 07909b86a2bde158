import type { Clock } from "../app/clock.ts";
import { type Limits, takeCalls } from "../app/limits.ts";
import type { Callers } from "../app/sessions/callers.ts";
import { isServiceKey } from "../app/sessions/secrets.ts";
import type { Ask } from "../domain/access/ask.ts";
import { ANONYMOUS, type Caller, type SignedIn } from "../domain/access/callers.ts";
import { requireAllowed } from "../domain/access/decisions.ts";
import { type CallRule, mayCall } from "../domain/access/system-access.ts";
import { networkOf } from "../domain/addresses.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import type { AddressOf } from "./address.ts";
import { ACT_AS_HEADER, readActAs, readToken } from "./credential-headers.ts";
import type { CallHeaders, IncomingCall } from "./incoming-call.ts";

/** Authenticates the caller of every call and applies the call's access rule, before its request is read. */
export interface Gate {
  /**
   * Returns the ask of the call, without a promise if the token is cached. If the rule requires an account, the caller has one.
   *
   * @throws ChatError SIGN_IN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED, NOT_PERMITTED, SUSPENDED,
   * FIELD_INVALID, RATE_LIMITED
   */
  admit(rule: CallRule, call: IncomingCall): Ask | Promise<Ask>;
  /** Makes an ask at this time for a caller who was admitted before. It is not counted. */
  askNow(caller: Caller, address: string): Ask;
  /** Counts more calls of an ask's caller; undefined if nothing is limited. @throws ChatError RATE_LIMITED */
  count(ask: Ask, calls: number): Promise<void> | undefined;
  /** Returns the caller of a stream with the account as it is now. @throws ChatError when the stream must end */
  recheck(rule: CallRule, caller: Caller): Promise<Caller>;
}

interface GateOptions {
  readonly callers: Callers;
  /** Null if rate limits are off. */
  readonly limits: Limits | null;
  readonly allowGuests: boolean;
  readonly clock: Clock;
  readonly addressOf: AddressOf;
}

/** Makes the gate of the public ports. */
export function createGate(options: GateOptions): Gate {
  const { callers, limits, allowGuests, clock, addressOf } = options;

  function requireWelcome(rule: CallRule, caller: Caller, nowMs: number): void {
    const identity =
      caller.kind === "account" ? caller : ({ kind: "anonymous", areGuestsLetIn: allowGuests } as const);
    requireAllowed(mayCall(rule, identity, nowMs));
  }

  function authorize(rule: CallRule, caller: Caller, call: IncomingCall): Ask {
    const nowMs = clock();
    requireWelcome(rule, caller, nowMs);
    return new CallAsk({ caller, nowMs }, call, addressOf);
  }

  function authenticate({ token, actAs }: Credentials): Caller | Promise<Caller> {
    if (actAs !== null && (token === null || !isServiceKey(token))) throw actingNotPermitted();
    return token === null ? ANONYMOUS : callers.authenticate(token, actAs);
  }

  /** Treats a token that is no longer good as none: callers who want to replace theirs send it too. */
  async function authenticateIfPossible(credentials: Credentials): Promise<Caller> {
    try {
      return await authenticate(credentials);
    } catch (error) {
      if (error instanceof ChatError && error.kind === "unauthenticated") return ANONYMOUS;
      throw error;
    }
  }

  async function admitCounted(rule: CallRule, call: IncomingCall): Promise<Ask> {
    const credentials = readCredentials(call.metadata);
    const caller = await (rule === "anyone" ? authenticateIfPossible : authenticate)(credentials);
    const ask = authorize(rule, caller, call);
    await count(ask, 1);
    return ask;
  }

  function count(ask: Ask, calls: number): Promise<void> | undefined {
    const { caller } = ask;
    if (!limits) return undefined;
    return caller.kind === "account"
      ? takeCalls(limits, caller, calls)
      : limits.take("callPerUser", networkOf(ask.address), calls);
  }

  return {
    admit(rule, call) {
      if (limits || rule === "anyone") return admitCounted(rule, call);
      const caller = authenticate(readCredentials(call.metadata));
      return caller instanceof Promise
        ? caller.then((settled) => authorize(rule, settled, call))
        : authorize(rule, caller, call);
    },
    askNow: (caller, address) => ({ caller, address, nowMs: clock() }),
    count,
    async recheck(rule, caller) {
      if (caller.kind === "anonymous") return caller;
      const current = await callers.recheck(caller);
      requireWelcome(rule, current, clock());
      return current;
    },
  };
}

/** Makes the gate of the operator's socket, which only the owner of the data folder can open. */
export function createOperatorGate(operator: SignedIn, clock: Clock): Gate {
  return {
    admit: () => ({ caller: operator, address: "local", nowMs: clock() }),
    askNow: (caller, address) => ({ caller, address, nowMs: clock() }),
    count: () => undefined,
    recheck: (_rule, caller) => Promise.resolve(caller),
  };
}

/** The ask of one call. Looks up the address when it is read, because most calls never need it. */
class CallAsk implements Ask {
  readonly caller: Caller;
  readonly nowMs: number;
  readonly #call: IncomingCall;
  readonly #addressOf: AddressOf;

  constructor({ caller, nowMs }: Omit<Ask, "address">, call: IncomingCall, addressOf: AddressOf) {
    this.caller = caller;
    this.nowMs = nowMs;
    this.#call = call;
    this.#addressOf = addressOf;
  }

  get address(): string {
    return this.#addressOf(this.#call);
  }
}

interface Credentials {
  readonly token: string | null;
  readonly actAs: UserId | null;
}

/** Refuses malformed credentials, even where anyone may call. @throws ChatError TOKEN_INVALID, FIELD_INVALID */
function readCredentials(metadata: CallHeaders): Credentials {
  return { token: readToken(metadata), actAs: readActAs(metadata) };
}

function actingNotPermitted(): ChatError {
  return new ChatError("NOT_PERMITTED", `only a service key may send \`${ACT_AS_HEADER}\` metadata`, {
    field: ACT_AS_HEADER,
  });
}
