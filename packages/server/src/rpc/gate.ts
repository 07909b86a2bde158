import type { Metadata } from "@grpc/grpc-js";
import type { Clock } from "../app/clock.ts";
import type { Limits } from "../app/limits.ts";
import type { LiveSessions } from "../app/live-sessions.ts";
import { requireAllowed } from "../app/require.ts";
import { isServiceKey } from "../app/secrets.ts";
import { isKeySession, type ServiceKeys } from "../app/service-keys.ts";
import type { Sessions } from "../app/sessions.ts";
import { ANONYMOUS, type Caller, type SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import { type CallRule, mayCall } from "../domain/system-access.ts";
import { addressOf } from "./address.ts";

const BEARER = /^bearer +(\S+) *$/i;

/** Metadata by which a service key acts for a user: the user's id. */
const ACT_AS = "x-confab-act-as";

/** What the gate looks at of a call. */
interface IncomingCall {
  readonly metadata: Metadata;
  getPeer(): string;
}

/** What decides of every call, before its request is looked at, who makes it and whether they may. */
export interface Gate {
  /**
   * The caller; at once, if their token is remembered.
   *
   * @throws ChatError SIGN_IN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED, NOT_PERMITTED, SUSPENDED,
   * RATE_LIMITED
   */
  admit(rule: CallRule, call: IncomingCall): Caller | Promise<Caller>;
  /** Goes on if the caller of a stream is still welcome on it. @throws ChatError otherwise */
  recheck(rule: CallRule, caller: Caller): Promise<Caller>;
}

export interface GateOptions {
  readonly sessions: Sessions;
  readonly live: LiveSessions;
  readonly serviceKeys: ServiceKeys;
  /** Null where nothing is limited. */
  readonly limits: Limits | null;
  readonly allowGuests: boolean;
  readonly clock: Clock;
}

/** The gate of the public ports. */
export function createGate(options: GateOptions): Gate {
  const { sessions, live, serviceKeys, limits, allowGuests, clock } = options;

  function authorize(rule: CallRule, caller: Caller): Caller {
    const identity =
      caller.kind === "account" ? caller : ({ kind: "anonymous", areGuestsLetIn: allowGuests } as const);
    requireAllowed(mayCall(rule, identity, clock()));
    return caller;
  }

  function authenticate(metadata: Metadata): Caller | Promise<Caller> {
    const headers = metadata.get("authorization");
    const actAs = toActAs(metadata);
    if (headers.length === 0) {
      if (actAs !== null) throw actingNotPermitted();
      return ANONYMOUS;
    }
    const token = toToken(headers);
    if (isServiceKey(token)) return serviceKeys.authenticate(token, actAs);
    if (actAs !== null) throw actingNotPermitted();
    return sessions.authenticate(token);
  }

  /** Where anyone may call, a token that is no good is no token: it may be what the caller wants to replace. */
  async function authenticateIfPossible(metadata: Metadata): Promise<Caller> {
    try {
      return await authenticate(metadata);
    } catch (error) {
      if (error instanceof ChatError && error.kind === "unauthenticated") return ANONYMOUS;
      throw error;
    }
  }

  async function admitCounted(rule: CallRule, call: IncomingCall): Promise<Caller> {
    const caller = authorize(
      rule,
      await (rule === "anyone" ? authenticateIfPossible : authenticate)(call.metadata),
    );
    await limits?.take("callPerUser", caller.kind === "account" ? caller.account.id : addressOf(call));
    return caller;
  }

  return {
    admit(rule, call) {
      if (limits || rule === "anyone") return admitCounted(rule, call);
      const caller = authenticate(call.metadata);
      return caller instanceof Promise
        ? caller.then((settled) => authorize(rule, settled))
        : authorize(rule, caller);
    },
    async recheck(rule, caller) {
      if (caller.kind === "anonymous") return caller;
      if (isKeySession(caller.sessionId)) return authorize(rule, await serviceKeys.recheck(caller));
      const { user } = await live.get(caller.sessionId);
      return authorize(rule, user === caller.account ? caller : { ...caller, account: user });
    },
  };
}

/** The gate of the operator's own socket, which only whoever owns the data folder can open. */
export function createOperatorGate(operator: SignedIn): Gate {
  return {
    admit: () => operator,
    recheck: (_rule, caller) => Promise.resolve(caller),
  };
}

function actingNotPermitted(): ChatError {
  return new ChatError("NOT_PERMITTED", `only a service key may send \`${ACT_AS}\` metadata`, {
    field: ACT_AS,
  });
}

function toToken(headers: readonly (string | Buffer)[]): string {
  const [header] = headers;
  const token = headers.length === 1 && typeof header === "string" ? BEARER.exec(header)?.[1] : undefined;
  if (token === undefined) {
    throw new ChatError("TOKEN_INVALID", "`authorization` metadata must be one value: `Bearer <token>`");
  }
  return token;
}

function toActAs(metadata: Metadata): UserId | null {
  const [userId, ...more] = metadata.get(ACT_AS);
  if (userId === undefined) return null;
  if (more.length > 0) throw new ChatError("FIELD_INVALID", `send \`${ACT_AS}\` once`, { field: ACT_AS });
  return String(userId) as UserId;
}
