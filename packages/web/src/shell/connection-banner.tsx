import { useConnection, useUnsent } from "@confab/client/react";
import { CloudOff, MonitorPause } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import "./connection-banner.css";

/** Short gaps don't show: most connections are back before anybody would notice. */
const SHOWN_AFTER_MS = 1_500;

/** Says that the page has no connection, and what happens with what is written meanwhile. */
export function ConnectionBanner(): ReactNode {
  const connection = useConnection();
  const unsent = useUnsent();
  const isDown = connection.status === "reconnecting" || connection.status === "connecting";
  const isShown = useDelayed(isDown, SHOWN_AFTER_MS);
  const waiting = unsent === 0 ? "" : ` ${unsent === 1 ? "1 message waits" : `${unsent} messages wait`}.`;
  return (
    <div role="status" aria-live="polite">
      {isDown && isShown && (
        <p className="connection-banner">
          <CloudOff size={16} strokeWidth={1.75} aria-hidden />
          <span>
            <strong>{navigator.onLine ? "Reconnecting…" : "You are offline."}</strong> What you write is sent
            when the connection is back.{waiting}
          </span>
        </p>
      )}
      {connection.status === "paused" && (
        <p className="connection-banner">
          <MonitorPause size={16} strokeWidth={1.75} aria-hidden />
          <span>
            <strong>Paused in this tab.</strong> Other tabs of Confab are open; this one goes on when you look
            at it.
            {waiting}
          </span>
        </p>
      )}
    </div>
  );
}

/** Returns true once a condition has held for a while. */
function useDelayed(holds: boolean, delayMs: number): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setIsOver(true), delayMs);
    return () => {
      clearTimeout(timer);
      setIsOver(false);
    };
  }, [holds, delayMs]);
  return isOver;
}
