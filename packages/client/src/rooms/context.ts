import type { Connection } from "../connection/connection.ts";
import type { Environment } from "../environment.ts";
import type { CursorKeeper } from "../live/cursor-keeper.ts";
import type { SizeLimits } from "../messages/size-limits.ts";
import type { UnsentCount } from "../messages/unsent-count.ts";
import type { UnsentKeeper } from "../messages/unsent-work.ts";
import type { OwnActivity } from "../presence/own-activity.ts";
import type { Presence } from "../presence/presence.ts";
import type { Session } from "../sessions/session.ts";
import type { Directory } from "../users/directory.ts";
import type { RelationshipList } from "../users/relationships.ts";
import type { Limiter } from "../waiting.ts";

/** The parts of a chat that all its rooms share. */
export interface RoomContext {
  readonly meId: string;
  readonly session: Session;
  readonly connection: Pick<Connection, "state" | "isOnline" | "online" | "request" | "send" | "notify">;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly ownActivity: OwnActivity;
  readonly relationships: RelationshipList;
  readonly environment: Environment;
  readonly cursors: CursorKeeper;
  readonly unsent: UnsentCount;
  readonly unsentWork: UnsentKeeper;
  readonly sizes: SizeLimits;
  readonly requestTimeoutMs: number;
  /** Limits the calls that the client makes by itself, because many rooms may need one at once. */
  readonly background: Limiter;
  /** Aborts when the chat is closed. */
  readonly closed: AbortSignal;
}
