import type { ConnectionState, Observable } from "@confab/client";
import type { Store } from "./observable.ts";
import type { Notice, UiState } from "./ui-state.ts";

/** Long enough to read three rows. */
const NOTICE_MS = 10_000;

/**
 * Removes each notice some time after it has come, and one about a lost connection when the connection is back. Notices
 * that wait for the user's input stay. Returns the function that stops this.
 */
export function endNotices(
  ui: Store<Pick<UiState, "notice">>,
  connection: Observable<Pick<ConnectionState, "status">>,
  noticeMs = NOTICE_MS,
): () => void {
  let timed: Notice | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function onUi(): void {
    const { notice } = ui.get();
    if (notice === timed) return;
    clearTimeout(timer);
    timed = notice;
    if (!notice || notice.until === "input") return;
    timer = setTimeout(() => ui.patch({ notice: null }), noticeMs);
  }
  function onConnection(): void {
    if (connection.get().status === "online" && ui.get().notice?.until === "online")
      ui.patch({ notice: null });
  }

  const stops = [ui.subscribe(onUi), connection.subscribe(onConnection), () => clearTimeout(timer)];
  onUi();
  return () => {
    for (const stop of stops) stop();
  };
}
