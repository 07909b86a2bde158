import { useChat } from "@confab/client/react";
import { useEffect } from "react";

const IDLE_MS = 5 * 60_000;
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Shows the user as away after five minutes without a key or a movement, and as online with the next one. */
export function useIdle(): void {
  const chat = useChat();
  useEffect(() => {
    const away = (): void => chat.setActivity("away");
    let timer = setTimeout(away, IDLE_MS);
    let lastMs = Date.now();
    const alive = (): void => {
      const now = Date.now();
      // Movements come many times a second.
      if (now - lastMs < 1_000) return;
      lastMs = now;
      chat.setActivity("online");
      clearTimeout(timer);
      timer = setTimeout(away, IDLE_MS);
    };
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, alive, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, alive);
    };
  }, [chat]);
}
