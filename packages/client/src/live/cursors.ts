/** The application's read position in a room. */
export interface Cursor {
  readonly roomId: string;
  /** The seq of the last message that `messages` gave and that was processed; 0: none yet. Absent if it was not used. */
  readonly seq?: number | undefined;
  /** The revision of the last change that `changes` gave and that was processed. Absent if it was not used. */
  readonly revision?: number | undefined;
  /** The seq of the newest message at that change. */
  readonly topSeq?: number | undefined;
}

/**
 * Keeps cursors over a restart of the application, so that `messages` and `changes` resume. An item that was being
 * processed when the application ended is given again.
 */
export interface CursorStore {
  /** Returns the saved cursors. Called once, before connecting. */
  load(): Promise<readonly Cursor[]>;
  /** Saves all cursors. Called after changes, at most once a second and never concurrently, and when the chat closes. */
  save(cursors: readonly Cursor[]): Promise<void>;
}
