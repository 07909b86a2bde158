import { type Actor, type Caller, type SignedIn, toActor } from "./callers.ts";
import type { CallRule } from "./system-access.ts";

/** The caller, the address and the time of a call. It is made once for a call and used for all its steps. */
export interface Ask {
  readonly caller: Caller;
  /** The IP address of the peer, or `local` for this machine's operator. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** An ask of a signed-in caller. */
export interface AccountAsk extends Ask {
  readonly caller: SignedIn;
}

/** The ask that reaches a method of this rule: only `anyone` and `guests` let in callers without an account. */
export type AskFor<Rule extends CallRule> = Rule extends "anyone" | "guests" ? Ask : AccountAsk;

/** An ask as the store takes it: plain data, for another thread. */
export interface ActorNow {
  readonly actor: Actor;
  readonly nowMs: number;
}

export function actorNow({ caller, nowMs }: AccountAsk): ActorNow {
  return { actor: toActor(caller.account), nowMs };
}
