import type { ReactNode } from "react";
import "./badge.css";

const MOST = 99;

/** A number in a pill: unread messages, or mentions of the user. */
export function Badge({ count, isMention = false }: { count: number; isMention?: boolean }): ReactNode {
  if (count === 0) return null;
  const words = isMention ? "mentions" : "unread";
  return (
    <span className={isMention ? "badge badge-mention" : "badge"}>
      {count > MOST ? `${MOST}+` : count}
      <span className="visually-hidden"> {words}</span>
    </span>
  );
}
