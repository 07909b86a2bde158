/** The answer to "may they?": the rule that decided, and every rule before it. */

import { ChatError } from "../errors.ts";

/** The reason for a refusal. Clients switch on it. */
type AccessReason =
  | "ALREADY_MEMBER"
  | "APPROVAL_REQUIRED"
  | "BANNED"
  | "DM_NOT_ALLOWED"
  | "INVITE_REQUIRED"
  | "LAST_OWNER"
  | "LIKES_REQUIRED"
  | "MEMBER_NOT_FOUND"
  | "MUTED"
  | "NOT_A_MEMBER"
  | "NOT_PERMITTED"
  | "REGISTRATION_CLOSED"
  | "ROOM_CLOSED"
  | "ROOM_DELETED"
  | "ROOM_NOT_FOUND"
  | "SESSION_REVOKED"
  | "SIGN_IN_REQUIRED"
  | "SLOW_MODE"
  | "SUSPENDED"
  | "USER_NOT_FOUND";

interface Allowance {
  readonly allowed: true;
}

export interface Refusal {
  readonly allowed: false;
  readonly reason: AccessReason;
  /** The obstacle, in words for the caller. */
  readonly explanation: string;
  /** Milliseconds until the same request may be granted. */
  readonly retryAfterMs?: number;
}

/** An answer without its trace. */
export type Ruling = Allowance | Refusal;

/** One rule's answer. Null leaves the question to the next rule. */
export type Verdict = (Allowance & { readonly because: string }) | Refusal | null;

type TraceEntry<Rule extends string> =
  | { readonly rule: Rule; readonly verdict: "passes" }
  | { readonly rule: Rule; readonly verdict: "allows" | "denies"; readonly because: string };

interface Decided<Rule extends string> {
  readonly decidedBy: Rule;
  /** Every rule that was asked, in order; the last one decided. */
  readonly trace: readonly TraceEntry<Rule>[];
}

export type Decision<Rule extends string> = Ruling & Decided<Rule>;

export const ALLOWED: Allowance = { allowed: true };

export function allow(because: string): Verdict & Allowance {
  return { allowed: true, because };
}

export function refuse(reason: AccessReason, explanation: string): Refusal {
  return { allowed: false, reason, explanation };
}

/** Returns if the ruling allows. @throws ChatError with the ruling's reason */
export function requireAllowed(ruling: Ruling, field?: string): void {
  if (!ruling.allowed) throw refusalError(ruling, field);
}

/** Makes the error that tells a caller of a refusal. */
export function refusalError({ reason, explanation, retryAfterMs }: Refusal, field?: string): ChatError {
  return new ChatError(reason, explanation, { field, retryAfterMs });
}

/** Turns verdicts into decisions, for rules in this order. */
export function createDecider<Rule extends string>(
  order: readonly Rule[],
): (rule: Rule, verdict: NonNullable<Verdict>) => Decision<Rule> {
  // The trace before a rule is always the same, and every message needs a decision: so it is made once.
  const passed = order.map((rule) => ({ rule, verdict: "passes" }) as const);
  const passedBefore = new Map(order.map((rule, index) => [rule, passed.slice(0, index)]));
  return (rule, verdict) => {
    const trace: TraceEntry<Rule>[] = [...(passedBefore.get(rule) ?? [])];
    if (verdict.allowed) {
      trace.push({ rule, verdict: "allows", because: verdict.because });
      return { allowed: true, decidedBy: rule, trace };
    }
    trace.push({ rule, verdict: "denies", because: verdict.explanation });
    return { ...verdict, decidedBy: rule, trace };
  };
}

/** Describes a trace, one rule a line: `muted: denies, muted until 2026-11-23T03:53:14.000Z`. */
export function describeTrace(trace: readonly TraceEntry<string>[]): readonly string[] {
  return trace.map((entry) =>
    entry.verdict === "passes"
      ? `${entry.rule}: passes`
      : `${entry.rule}: ${entry.verdict}, ${entry.because}`,
  );
}
