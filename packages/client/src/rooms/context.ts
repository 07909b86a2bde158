import type { Connection } from "../connection/connection.ts";
import type { CursorKeeper } from "../cursor-keeper.ts";
import type { Environment } from "../environment.ts";
import type { Session } from "../session/session.ts";
import type { Directory } from "../users/directory.ts";
import type { Presence } from "../users/presence.ts";
import type { Gate } from "../waiting.ts";
import type { UnsentCount } from "./unsent-count.ts";

/** What all rooms of a chat share. */
export interface RoomContext {
  readonly meId: string;
  readonly session: Session;
  readonly connection: Pick<Connection, "state" | "isOnline" | "online" | "ask" | "tell">;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly environment: Environment;
  readonly cursors: CursorKeeper;
  readonly unsent: UnsentCount;
  readonly requestTimeoutMs: number;
  /** Through which all calls go that nobody asked for: many rooms may need something at once. */
  readonly background: Gate;
  /** Aborts when the chat is closed. */
  readonly closed: AbortSignal;
}
