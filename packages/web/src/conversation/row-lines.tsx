import type { ReactNode } from "react";
import { dayName } from "../text/times.ts";
import type { Row } from "./rows.ts";

/** The lines below a row: a new day, and the beginning of what is new. */
export function RowLines({ row }: { readonly row: Row }): ReactNode {
  const isNewAfter = row.kind === "message" && row.isNewAfter;
  return (
    <>
      {row.dayAfter && (
        <p className="row-line">
          <time dateTime={row.dayAfter.toISOString()}>{dayName(row.dayAfter, new Date())}</time>
        </p>
      )}
      {isNewAfter && <p className="row-line row-line-new">New</p>}
    </>
  );
}
