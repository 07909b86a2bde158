import { useInput, usePaste } from "ink";
import {
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";
import { type PressedKey, splitKeys } from "../input/split-keys.ts";
import type { TerminalScreen } from "../tty/terminal-screen.ts";

/** A screen's handlers for keys and pastes. */
export interface KeyboardHandlers {
  readonly onKey: (input: string, key: PressedKey) => void;
  /** Pasted text, in terminals that mark pastes. */
  readonly onPaste: (text: string) => void;
  /** The mouse wheel. -1 is up. */
  readonly onWheel?: (direction: -1 | 1) => void;
}

const ignore: KeyboardHandlers = { onKey: () => {}, onPaste: () => {} };
const Handlers = createContext<RefObject<KeyboardHandlers>>({ current: ignore });

/**
 * Listens to the keyboard for all screens. Ink connects a listener some time after a screen is drawn. This one stays
 * connected, so no key is lost when one screen replaces another.
 */
export function Keyboard({
  terminal,
  children,
}: {
  readonly terminal: TerminalScreen;
  readonly children: ReactNode;
}): ReactNode {
  const handlers = useRef(ignore);
  useInput((input, key) => {
    for (const press of splitKeys(input, key)) handlers.current.onKey(press.input, press.key);
  });
  useEffect(() => terminal.onWheel((direction) => handlers.current.onWheel?.(direction)), [terminal]);
  usePaste((text) => handlers.current.onPaste(text));
  return <Handlers value={handlers}>{children}</Handlers>;
}

/** Sends the keyboard to this screen from the moment it is drawn. */
export function useKeyboard(screen: KeyboardHandlers): void {
  const handlers = use(Handlers);
  useLayoutEffect(() => {
    handlers.current = screen;
  });
}
