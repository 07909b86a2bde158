import type { RoomModel } from "./room-model.ts";

/** The outcome of a call. */
export type Outcome =
  /** The room's revision that it took is known from its answer. */
  | { readonly kind: "changed"; readonly revision: number }
  /** It succeeded, and its answer doesn't say whether it changed anything. */
  | { readonly kind: "silent" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: string };

export type Verdict = "changes" | "changes nothing" | "is refused";

/** One call, and what the model makes of it. */
export interface Act {
  /** Its name in reports. */
  readonly name: string;
  readonly room: RoomModel;
  /**
   * Of those of the same kind no two of one room are under way at once, or it could not be told which of them took a
   * revision; beside `all` nothing is.
   */
  readonly exclusive: "silent" | "message" | "all" | "no";
  call(): Promise<Outcome>;
  /** The expected outcome, as the room is now. */
  judge(): Verdict;
  /** Changes the model as the call has changed the room: once for each revision that it took. */
  apply(): void;
  /** The number of revisions that it would take now before the one that its answer tells. */
  leads?(): number;
}

interface Done {
  readonly act: Act;
  readonly outcome: Outcome;
  /** The model has agreed with the outcome, at some moment while the call was under way. */
  isExplained: boolean;
}

/**
 * Does acts at the same time and then repeats them in the model, in the order of the revisions that they took.
 * Each must have been let in as the room was at its turn; what was refused, or changed nothing, must have been so at
 * some moment in between. Gives what the model doesn't explain.
 *
 * @param readRevision the revision of a room now; null where nobody is left who could ask
 */
export async function perform(
  acts: readonly Act[],
  readRevision: (room: RoomModel) => Promise<number | null>,
): Promise<readonly string[]> {
  const outcomes = await Promise.all(acts.map((act) => act.call()));
  const problems: string[] = [];
  const done = acts.map((act, index) => ({
    act,
    outcome: outcomes[index] ?? ({ kind: "unchanged" } as const),
    isExplained: false,
  }));
  for (const [room, ofRoom] of Map.groupBy(done, ({ act }) => act.room)) {
    problems.push(...replay(room, ofRoom, await readRevision(room)));
  }
  return problems;
}

function replay(room: RoomModel, done: readonly Done[], readRevision: number | null): readonly string[] {
  const problems: string[] = [];
  const revision = readRevision ?? room.revision;
  const byRevision = new Map<number, Done>();
  for (const one of done) {
    if (one.outcome.kind !== "changed" || one.outcome.revision <= room.revision) continue;
    const other = byRevision.get(one.outcome.revision);
    if (other) problems.push(`${one.act.name} and ${other.act.name} took one revision`);
    byRevision.set(one.outcome.revision, one);
  }
  const silent = done.find(({ outcome }) => outcome.kind === "silent");
  explain(done);
  while (room.revision < revision) {
    const next = byRevision.get(room.revision + 1) ?? done.find((one) => leadsAt(one, room)) ?? silent;
    if (!next) {
      problems.push(`${room.name}: nothing explains revision ${room.revision + 1}`);
      return problems;
    }
    const isLeft = next.outcome.kind === "changed" && !leadsAt(next, room) && (next.act.leads?.() ?? 0) > 0;
    if (isLeft) problems.push(`${room.name}: ${next.act.name} has left out a change`);
    if (next.act.judge() !== "changes") {
      problems.push(
        `${room.name}: ${next.act.name} took revision ${room.revision + 1}, and ${next.act.judge()}`,
      );
    }
    next.isExplained = true;
    next.act.apply();
    explain(done);
  }
  for (const { act, outcome, isExplained } of done) {
    const reason = outcome.kind === "refused" ? ` ${outcome.reason}` : "";
    if (!isExplained)
      problems.push(`${room.name}: ${act.name} was ${outcome.kind}${reason}, and ${act.judge()}`);
  }
  return problems;
}

/** True for an act that takes the next revision for a change that comes before its own. */
function leadsAt({ act, outcome }: Done, { revision }: RoomModel): boolean {
  const leads = act.leads?.() ?? 0;
  return leads > 0 && outcome.kind === "changed" && outcome.revision === revision + 1 + leads;
}

/** Takes note of the outcomes without an effect that are right as the room is now. */
function explain(done: readonly Done[]): void {
  for (const one of done) {
    const verdict = one.isExplained ? null : one.act.judge();
    if (verdict === "is refused" && one.outcome.kind === "refused") one.isExplained = true;
    if (verdict === "changes nothing" && one.outcome.kind !== "refused") one.isExplained = true;
  }
}

/** Says if an act may run at the same time as others. */
export function fits(act: Act, others: readonly Act[]): boolean {
  if (others.some(({ exclusive }) => exclusive === "all")) return false;
  if (act.exclusive === "all") return others.length === 0;
  if (act.exclusive === "no") return true;
  return !others.some(({ room, exclusive }) => room === act.room && exclusive === act.exclusive);
}
