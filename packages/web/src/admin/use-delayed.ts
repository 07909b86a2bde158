import { useEffect, useState } from "react";

const PAUSE_MS = 250;

/** Returns a text that is typed, once the user pauses. */
export function useDelayed(typed: string): string {
  const [text, setText] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return text;
}
