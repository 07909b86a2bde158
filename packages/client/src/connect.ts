import { v1 } from "@confab/protocol";
import type { Chat } from "./chat.ts";
import { backoffMs } from "./connection/backoff.ts";
import { Connection } from "./connection/connection.ts";
import { type Environment, realEnvironment } from "./environment.ts";
import { closedError, mayAnswerLater, required } from "./errors.ts";
import { CursorKeeper } from "./live/cursor-keeper.ts";
import { type CloseOptions, LiveChat } from "./live-chat.ts";
import { SizeLimits } from "./messages/size-limits.ts";
import { UnsentCount } from "./messages/unsent-count.ts";
import { UnsentKeeper } from "./messages/unsent-work.ts";
import type { ConnectOptions, Credential } from "./options.ts";
import { OwnActivity } from "./presence/own-activity.ts";
import { Presence } from "./presence/presence.ts";
import type { RoomContext } from "./rooms/context.ts";
import { LiveRooms } from "./rooms/live-rooms.ts";
import { Session } from "./sessions/session.ts";
import type { Transport } from "./transport/port.ts";
import { Directory } from "./users/directory.ts";
import { RelationshipList } from "./users/relationships.ts";
import { delay, Limiter } from "./waiting.ts";

const DEFAULT_MIN_DELAY_MS = 250;
const DEFAULT_MAX_DELAY_MS = 30_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_UNSENT = 1_000;
const MAX_BACKGROUND_CALLS = 8;

/** Signs in over a transport and follows the user's rooms. @throws ConfabError; the signal's reason when it aborts */
export async function connectOver(
  transport: Transport,
  options: Credential & ConnectOptions,
  environment: Environment = realEnvironment,
): Promise<Chat> {
  const closing = new AbortController();
  const { signal } = options;
  const onAbort = (): void => closing.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    const chat = await open(transport, options, { environment, closing });
    signal?.addEventListener("abort", () => void chat.close().catch(() => {}), { once: true });
    return chat;
  } catch (error) {
    closing.abort(closedError());
    transport.close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

interface ConnectParts {
  readonly environment: Environment;
  readonly closing: AbortController;
}

async function open(
  transport: Transport,
  options: Credential & ConnectOptions,
  { environment, closing }: ConnectParts,
): Promise<LiveChat> {
  const { minDelayMs = DEFAULT_MIN_DELAY_MS, maxDelayMs = DEFAULT_MAX_DELAY_MS } = options.reconnect ?? {};
  const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, maxUnsent = DEFAULT_MAX_UNSENT } = options;
  const common = { transport, environment, closing, requestTimeoutMs, minDelayMs, maxDelayMs };
  const cursors = await CursorKeeper.open(options.cursors);
  const unsentWork = await UnsentKeeper.open(options.unsent);
  const { deviceName = "", onSession: onTokens = () => {} } = options;
  const session = await patiently(options, common, () =>
    Session.open(options, { ...common, deviceName, onTokens, signal: closing.signal }),
  );
  const { clientName = "", waitForServer = false } = options;
  const connection = new Connection({ ...common, session, clientName, waitsForServer: waitForServer });

  const key = { case: "userId", value: "me" } as const;
  const directory = new Directory({ session, environment });
  const relationships = new RelationshipList({ session, directory });
  const [answer, serverInfo] = await patiently(options, common, () =>
    Promise.all([
      session.call(v1.UserService.method.getUser, { key }),
      session.call(v1.AuthService.method.getServerInfo, {}),
      relationships.load(),
    ]),
  );
  const user = required(answer.user);
  const context: RoomContext = {
    meId: user.id,
    session,
    connection,
    directory,
    presence: new Presence(user.id),
    ownActivity: new OwnActivity(connection),
    relationships,
    environment,
    cursors,
    unsent: new UnsentCount(maxUnsent),
    unsentWork,
    sizes: new SizeLimits(serverInfo),
    requestTimeoutMs,
    background: new Limiter(MAX_BACKGROUND_CALLS),
    closed: closing.signal,
  };
  const rooms = new LiveRooms(context);
  const onFirstReady = async (): Promise<void> => {
    unsentWork.dropOthers();
    // A failure leaves placeholders, which the directory replaces later.
    await rooms.loadNames();
  };
  await connection.start(rooms);
  if (connection.state.get().status === "paused") connection.online().then(onFirstReady, () => {});
  else await onFirstReady();
  return new LiveChat({ me: directory.put(user), context, rooms, close });

  async function close({ endsSession, signal }: CloseOptions): Promise<void> {
    try {
      const accessToken = endsSession ? await session.accessToken() : "";
      await connection.close();
      if (endsSession) await session.end(accessToken, { signal });
    } finally {
      await connection.close();
      transport.close();
      await unsentWork.flush();
      await cursors.close();
    }
  }
}

interface Patience extends ConnectParts {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/** Makes the first calls; with `waitForServer` it repeats them while the server can't be reached. @throws ConfabError */
async function patiently<T>(
  { waitForServer = false }: ConnectOptions,
  { closing, environment, ...bounds }: Patience,
  task: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (!waitForServer || !mayAnswerLater(error)) throw error;
      const waitMs = backoffMs(attempt, { ...bounds, random: environment.random });
      await delay(Math.max(waitMs, error.retryAfterMs ?? 0), closing.signal);
    }
  }
}
