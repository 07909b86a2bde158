import type { Outcome } from "./answers.ts";

export const callers = [
  "anonymous",
  "expired",
  "guest",
  "user",
  "moderator",
  "admin",
  "service",
  "suspended",
] as const;

export type CallerName = (typeof callers)[number];

/** The owner of the object that an RPC is called on; `–` where it has none but the caller itself. */
export const objects = [
  "–",
  "own",
  "another's",
  "another's private",
  "another's public",
  "a guest's",
  "a moderator's",
  "an administrator's",
  "a service's",
  "a suspended user's",
  "missing",
] as const;

export type ObjectName = (typeof objects)[number];

/**
 * The call: an RPC, with what is asked of it in parentheses where that makes a difference. Then the object, and
 * what each caller is answered, in the order of `callers`.
 */
export type Row = readonly [
  call: string,
  object: ObjectName,
  anonymous: Outcome,
  expired: Outcome,
  guest: Outcome,
  user: Outcome,
  moderator: Outcome,
  admin: Outcome,
  service: Outcome,
  suspended: Outcome,
];

/** The rows of each service, by its full name. */
export type Table = Readonly<Record<string, readonly Row[]>>;

/** The RPC of a call: `DeleteUser (validate only)` is one of `DeleteUser`. */
export function rpcOf(call: string): string {
  return call.replace(/ \(.*\)$/, "");
}

/** The answer that a row has for this caller. */
export function outcomeOf(row: Row, caller: CallerName): Outcome {
  const [, , ...outcomes] = row;
  const outcome = outcomes[callers.indexOf(caller)];
  if (outcome === undefined) throw new Error(`${row[0]} has no answer for ${caller}`);
  return outcome;
}
