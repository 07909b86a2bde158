import { useCallback, useEffect, useState } from "react";

/** Something that is loaded from the server. */
export type Loaded<T> =
  | { readonly status: "loading" }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "loaded"; readonly value: T };

/** Loads something now, and again when `load`, which must be stable, is another or `reload` is called. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> & { reload: () => void } {
  const [state, setState] = useState<Loaded<T> & { readonly of: unknown }>({ status: "loading", of: load });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    load(signal).then(
      (value) => !signal.aborted && setState({ status: "loaded", value, of: load }),
      (error: unknown) => !signal.aborted && setState({ status: "failed", error, of: load }),
    );
    return () => ending.abort();
  }, [load, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return state.of === load ? { ...state, reload } : { status: "loading", reload };
}
