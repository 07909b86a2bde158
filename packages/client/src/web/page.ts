import type { NetworkSigns } from "../environment.ts";

/** Tells what becomes of the page. */
export interface Page extends NetworkSigns {
  readonly isVisible: boolean;
  readonly isFocused: boolean;
  /** True while the page is left, and may come back from the browser's cache. */
  readonly isLeft: boolean;
  /** Calls the listener whenever one of these may have changed. @returns a function that unsubscribes */
  onChange(listener: () => void): () => void;
}

/** The page that this program runs in; null in a worker or outside of browsers. */
export function thisPage(): Page | null {
  if (globalThis.document === undefined) return null;
  let isLeft = false;
  addEventListener("pagehide", () => {
    isLeft = true;
  });
  addEventListener("pageshow", () => {
    isLeft = false;
  });
  return {
    get isVisible() {
      return document.visibilityState === "visible";
    },
    get isFocused() {
      return document.hasFocus();
    },
    get isLeft() {
      return isLeft;
    },
    onChange: (listener) =>
      listen(listener, [
        [document, "visibilitychange"],
        [window, "focus"],
        [window, "blur"],
        [window, "pagehide"],
        [window, "pageshow"],
      ]),
    subscribe(listener) {
      const onBack = (): void => listener("back");
      const stops = [
        listen(() => listener("gone"), [[window, "offline"]]),
        // Timers of a hidden or frozen page are late: it tries again once it is looked at.
        listen(onBack, [
          [window, "online"],
          [window, "pageshow"],
          [document, "resume"],
        ]),
        listen(() => document.visibilityState === "visible" && onBack(), [[document, "visibilitychange"]]),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function listen(listener: () => void, events: readonly (readonly [EventTarget, string])[]): () => void {
  for (const [target, name] of events) target.addEventListener(name, listener);
  return () => {
    for (const [target, name] of events) target.removeEventListener(name, listener);
  };
}
