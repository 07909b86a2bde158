/** The shape of an answer to "may they?": what decided it, and every rule that was asked before. */

/** Why something is refused. Clients switch on it. */
export type AccessReason =
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
  | "ROOM_DELETED"
  | "ROOM_NOT_FOUND"
  | "SESSION_REVOKED"
  | "SIGN_IN_REQUIRED"
  | "SLOW_MODE"
  | "SUSPENDED"
  | "USER_NOT_FOUND";

export interface Allowance {
  readonly allowed: true;
}

export interface Refusal {
  readonly allowed: false;
  readonly reason: AccessReason;
  /** What is in the way, written for whoever asked. */
  readonly explanation: string;
  /** How long until the same request may be granted, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** An answer without the way to it. */
export type Ruling = Allowance | Refusal;

/** What one rule says: null leaves the question to the rules after it. */
export type Verdict = (Allowance & { readonly because: string }) | Refusal | null;

export type TraceEntry<Rule extends string> =
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

/** Turns verdicts into decisions, for rules that are asked in this order until one decides. */
export function createDecider<Rule extends string>(
  order: readonly Rule[],
): (rule: Rule, verdict: NonNullable<Verdict>) => Decision<Rule> {
  // A trace is what passed before the rule that decided: made once, because every message is decided about.
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

/** A trace in words, one rule a line: `muted: denies, muted until 2026-11-23T03:53:14.000Z`. */
export function describeTrace(trace: readonly TraceEntry<string>[]): readonly string[] {
  return trace.map((entry) =>
    entry.verdict === "passes"
      ? `${entry.rule}: passes`
      : `${entry.rule}: ${entry.verdict}, ${entry.because}`,
  );
}
