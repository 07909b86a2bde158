import { v1 } from "@confab/protocol";
import { UnauthenticatedError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import { toDate } from "../rooms/convert-room.ts";
import type { Session } from "./session.ts";

const PAGE_SIZE = 100;
const { listSessions, deleteSession } = v1.AuthService.method;

/** A session of the user's: a device or a program that is signed in. */
export interface OwnSession {
  readonly id: string;
  /** The `deviceName` that the session was opened with; may be empty. */
  readonly deviceName: string;
  readonly createTime: Date;
  readonly lastUsedTime: Date;
  /** Time at which the session ends unless it is used before. */
  readonly expireTime: Date;
  /** True for the session of this chat. */
  readonly isCurrent: boolean;
}

/** The user's sessions on all devices. Calls reject with a ConfabError, or with the signal's reason when it aborts. */
export interface Sessions {
  /** Lists all of them. */
  list(options?: CallOptions): Promise<readonly OwnSession[]>;
  /** Signs a device out; its chat is closed. @throws NotFoundError `SESSION_NOT_FOUND` */
  end(sessionId: string, options?: CallOptions): Promise<void>;
  /** Signs all devices out, this one too: this chat is closed as well. */
  endAll(options?: CallOptions): Promise<void>;
}

/** Makes the calls about the user's sessions. */
export function sessionsOf(session: Pick<Session, "call" | "id">): Sessions {
  return {
    async list(options = {}) {
      const sessions: OwnSession[] = [];
      let pageToken = "";
      do {
        const page = await session.call(listSessions, { pageSize: PAGE_SIZE, pageToken }, options);
        sessions.push(...page.sessions.map((each) => toOwnSession(each, session.id)));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      return sessions;
    },
    async end(sessionId, options = {}) {
      await ended(session.call(deleteSession, { sessionId }, options));
    },
    async endAll(options = {}) {
      await ended(session.call(deleteSession, { all: true }, options));
    },
  };
}

/** Waits for an end of sessions. If this one is among them, its stream may say so before the answer. */
async function ended(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) throw error;
  }
}

function toOwnSession(session: v1.Session, currentId: string): OwnSession {
  const { id, deviceName, createTime, lastUsedTime, expireTime } = session;
  return {
    id,
    deviceName,
    createTime: toDate(createTime),
    lastUsedTime: toDate(lastUsedTime),
    expireTime: toDate(expireTime),
    isCurrent: id === currentId,
  };
}
