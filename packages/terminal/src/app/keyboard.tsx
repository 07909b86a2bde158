import { useInput, usePaste } from "ink";
import { createContext, type ReactNode, type RefObject, use, useLayoutEffect, useRef } from "react";
import { type PressedKey, splitKeys } from "../input/split-keys.ts";

/** What a screen does with the keyboard. */
export interface KeyboardHandlers {
  readonly onKey: (input: string, key: PressedKey) => void;
  /** Text that was pasted, in a terminal that tells. */
  readonly onPaste: (text: string) => void;
}

const ignore: KeyboardHandlers = { onKey: () => {}, onPaste: () => {} };
const Handlers = createContext<RefObject<KeyboardHandlers>>({ current: ignore });

/**
 * Listens to the keyboard for all screens. Ink connects a listener some time after the screen is drawn; with one that
 * stays, no key is lost while one screen takes the place of another.
 */
export function Keyboard({ children }: { children: ReactNode }): ReactNode {
  const handlers = useRef(ignore);
  useInput((input, key) => {
    for (const press of splitKeys(input, key)) handlers.current.onKey(press.input, press.key);
  });
  usePaste((text) => handlers.current.onPaste(text));
  return <Handlers value={handlers}>{children}</Handlers>;
}

/** Gives the keyboard to the screen that is drawn, from that moment on. */
export function useKeyboard(screen: KeyboardHandlers): void {
  const handlers = use(Handlers);
  useLayoutEffect(() => {
    handlers.current = screen;
  });
}
