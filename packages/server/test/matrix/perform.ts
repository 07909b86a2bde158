import type { Call } from "./call.ts";
import { type Cast, nobody, type Part, type Role } from "./cast.ts";
import { type CallerName, callers, type ObjectName, outcomeOf, type Row } from "./rows.ts";
import { outcomeOfCall } from "./stage.ts";

/** The parts that own what the callers don't. */
const owners = {
  "another's": "user",
  "another's private": "user",
  "another's public": "user",
  "a guest's": "guest",
  "a moderator's": "moderator",
  "an administrator's": "admin",
  "a service's": "service",
  "a suspended user's": "suspended",
} as const satisfies Partial<Record<ObjectName, Role>>;

/** Lists where a server's answers to a call differ from the rows. */
export async function differences(cast: Cast, call: Call, rows: readonly Row[]): Promise<readonly string[]> {
  const found: string[] = [];
  const compare = async (row: Row, role: CallerName): Promise<void> => {
    const outcome = await perform(cast, call, { object: row[1], role });
    const expected = outcomeOf(row, role);
    if (outcome !== expected) found.push(`${row[1]}, ${role}: ${outcome}, not ${expected}`);
  };
  for (const row of rows) {
    // One after the other where each leaves nothing of the object for the next.
    if (call.spends) for (const caller of callers) await compare(row, caller);
    else await Promise.all(callers.map((caller) => compare(row, caller)));
  }
  return found;
}

/** Makes one call of the matrix and says what came of it. A part that has lost something by it is recast. */
export async function perform(
  cast: Cast,
  call: Call,
  { object, role }: { object: ObjectName; role: Role },
): Promise<string> {
  const isOwn = object === "own" || object === "–";
  // A call that uses up something of the caller's gets a copy: the other calls still need it.
  const name = isOwn && call.spends ? `${role}, to be spent` : role;
  const callersPart: Part = { role, name, ...(isOwn && needsOf(call, object)) };
  const { options, account: own } = await cast.get(callersPart);
  const objectsPart = isOwn ? callersPart : partOf(object, call);
  const account = isOwn ? own : objectsPart ? (await cast.get(objectsPart)).account : nobody();
  const outcome = await outcomeOfCall(call.play({ account, cast, options }));
  if (call.spends && outcome === "OK" && objectsPart) cast.recast(objectsPart);
  return outcome;
}

/** The owner of an object that is not the caller's; null where there is none. */
function partOf(object: Exclude<ObjectName, "own" | "–">, call: Call): Part | null {
  if (object === "missing") return null;
  return { role: owners[object], name: object, ...needsOf(call, object) };
}

/** Says what an account needs to be the object of a call. */
function needsOf({ needsPassword, needsRoom }: Call, object: ObjectName): Pick<Part, "hasPassword" | "room"> {
  const room = object === "another's public" ? "public" : "private";
  return { hasPassword: needsPassword, ...(needsRoom && { room }) };
}
