import type { ReactNode } from "react";
import "./badge.css";

const MOST = 99;

interface BadgeProps {
  readonly count: number;
  /** `mention`: somebody means the user. */
  readonly kind?: "unread" | "mention";
  /** Stands before the number. */
  readonly mark?: string;
}

/** A number in a pill: unread messages, or mentions of the user. */
export function Badge({ count, kind = "unread", mark = "" }: BadgeProps): ReactNode {
  if (count === 0) return null;
  const words = mark === "" ? "unread" : "mentions";
  return (
    <span className={`badge badge-${kind}`}>
      {mark}
      {count > MOST ? `${MOST}+` : count}
      <span className="visually-hidden"> {words}</span>
    </span>
  );
}
