import { setImmediate } from "node:timers/promises";
import type { Chat } from "@confab/client";
import { ChatProvider } from "@confab/client/react";
import type { ReactNode } from "react";
import { cleanup, renderHook } from "./dom.ts";

/** A hook rendered in its own component, with all its results. */
export interface Rendered<Result, Props> {
  /** The newest result. */
  readonly now: Result;
  /** The results of all renderings, in order. */
  readonly all: readonly Result[];
  readonly rerender: (props: Props) => void;
  readonly unmount: () => void;
}

/** Renders a hook inside a ChatProvider. */
export function inChat<Result, Props>(
  chat: Chat,
  hook: (props: Props) => Result,
  initialProps: Props,
): Rendered<Result, Props> & Disposable {
  const all: Result[] = [];
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactNode => (
    <ChatProvider chat={chat}>{children}</ChatProvider>
  );
  const { result, rerender, unmount } = renderHook(
    (props: Props) => {
      const given = hook(props);
      all.push(given);
      return given;
    },
    { wrapper, initialProps },
  );
  return {
    get now() {
      return result.current;
    },
    all,
    rerender,
    unmount,
    [Symbol.dispose]: cleanup,
  };
}

/** Resolves after React has rendered all pending changes, which takes it one turn of the event loop. */
export async function rendering(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
