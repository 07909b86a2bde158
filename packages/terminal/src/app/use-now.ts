import { useEffect, useState } from "react";

/** Returns the time. Updates itself only while `isTicking`. */
export function useNow(isTicking: boolean, intervalMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!isTicking) return undefined;
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), intervalMs);
    return () => clearInterval(timer);
  }, [isTicking, intervalMs]);
  return isTicking ? now : new Date();
}
