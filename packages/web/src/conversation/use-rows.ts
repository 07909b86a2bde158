import { keyOf, type Messages } from "@confab/client/react";
import { useEffect, useMemo, useState } from "react";
import { type Row, rowsOf } from "./rows.ts";

/** The rows to show; `shift` is true on the rendering that adds rows above those that are shown. */
export interface ShownRows {
  readonly rows: readonly Row[];
  readonly shift: boolean;
}

interface Shown extends ShownRows {
  readonly wanted: readonly Row[];
}

/** Makes the rows of a timeline. Rows above and below the shown ones come in separate renderings, as the list needs. */
export function useRows(
  { items, hasOlder }: Pick<Messages, "items" | "hasOlder">,
  newAfterSeq: number | null,
): ShownRows {
  const [kept] = useState(() => ({ heads: new Set<string>(), rows: new Map<string, Row>() }));
  const wanted = useMemo(() => {
    const [first] = items;
    if (first && hasOlder) kept.heads.add(keyOf(first));
    const rows = rowsOf({ items, hasOlder, newAfterSeq, heads: kept.heads }, kept.rows);
    kept.rows = new Map(rows.map((row) => [row.key, row]));
    return rows;
  }, [kept, items, hasOlder, newAfterSeq]);

  const [shown, setShown] = useState<Shown>({ rows: wanted, shift: false, wanted });
  let current = shown;
  if (shown.wanted !== wanted) {
    current = nextShown(shown.rows, wanted);
    setShown(current);
  }
  useEffect(() => {
    if (current.shift) setShown({ rows: wanted, shift: false, wanted });
  }, [current, wanted]);
  return current;
}

/** Shows all rows, or first those above the shown ones without those below. */
function nextShown(before: readonly Row[], wanted: readonly Row[]): Shown {
  const [first] = before;
  const last = before.at(-1);
  const added = first ? wanted.findIndex(({ key }) => key === first.key) : -1;
  if (added <= 0 || !last) return { rows: wanted, shift: false, wanted };
  const end = wanted.findIndex(({ key }) => key === last.key);
  return { rows: end === -1 ? wanted : wanted.slice(0, end + 1), shift: true, wanted };
}
