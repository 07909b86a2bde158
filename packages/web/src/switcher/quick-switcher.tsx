import { lazy, type ReactNode, Suspense, useCallback, useEffect, useState } from "react";

const Switcher = lazy(async () => ({ default: (await import("./switcher.tsx")).Switcher }));

/** Opens the quick switcher with Ctrl-K, or ⌘-K. Its code is loaded then. */
export function QuickSwitcher(): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isShortcut = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!isShortcut || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setIsOpen((before) => !before);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  const close = useCallback(() => setIsOpen(false), []);
  return <Suspense>{isOpen && <Switcher onClose={close} />}</Suspense>;
}
