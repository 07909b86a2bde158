/** How far an application has read a room. */
export interface Cursor {
  readonly roomId: string;
  /** The newest message that `Room.messages` has given and that has been dealt with; 0 where it was not used. */
  readonly seq: number;
  /** The newest change that `Room.changes` has given and that has been dealt with; 0 where it was not used. */
  readonly revision: number;
  /** The newest message that there was at that change. */
  readonly topSeq: number;
}

/**
 * Keeps cursors over a restart of the application: `messages` and `changes` then go on where they were. What was being
 * dealt with when the application ended is given again.
 */
export interface CursorStore {
  /** Called once, before connecting. */
  load(): Promise<readonly Cursor[]>;
  /** Called with all cursors after some have moved, at most once a second, never twice at once, and when closing. */
  save(cursors: readonly Cursor[]): Promise<void>;
}
