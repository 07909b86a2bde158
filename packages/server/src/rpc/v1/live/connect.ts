import type { Presence } from "../../../app/presence/presence.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import type { SignedIn } from "../../../domain/access/callers.ts";
import type { FeedSources } from "../../../live/feed-options.ts";
import { Heartbeats } from "../../../live/heartbeats.ts";
import type { WriteTimeouts } from "../../../live/write-timeouts.ts";
import { RequestTooLarge } from "../../codec.ts";
import type { StreamContext } from "../../handler.ts";
import { type Answer, Commands } from "./commands.ts";
import type { Hello, LiveRequest } from "./first-requests.ts";
import { frameEncoding, type StreamTimes } from "./frames.ts";
import { readHello, toCursors } from "./hello.ts";
import { encodeHeartbeat, LiveStream } from "./live-stream.ts";
import { readCommandId, refuse } from "./refused-commands.ts";
import { type CommandCalls, runCommand } from "./run-command.ts";

/** Both take a Hello whose rooms are decoded while they are read. */
interface LiveHandlers {
  connect(context: StreamContext<AccountAsk>, requests: AsyncIterable<LiveRequest>): Promise<void>;
  subscribe(
    context: StreamContext<AccountAsk>,
    request: { readonly hello?: Hello | undefined },
  ): Promise<void>;
}

/** Everything that live streams need beside the calls that they take as commands. */
export interface LiveParts {
  readonly sources: FeedSources;
  readonly writeTimeouts: WriteTimeouts;
  readonly presence: Pick<Presence, "opened" | "presentIn">;
  /** Returns at least 0 and less than 1. */
  readonly random: () => number;
  readonly times: StreamTimes;
}

/** Handles Connect and Subscribe, which send the same frames; on Connect a client also sends commands. */
export function liveHandlers(parts: LiveParts, calls: CommandCalls): LiveHandlers {
  const { sources, presence, times } = parts;
  const encoding = frameEncoding(times);
  const heartbeats = new Heartbeats(times.heartbeatMs, () => encodeHeartbeat(sources.clock()));
  const options = { ...parts, encoding, heartbeats };
  const opened = ({ account, sessionId }: SignedIn): Disposable =>
    presence.opened({ userId: account.id, sessionId }, account.hidesPresence);
  const open = (context: StreamContext<AccountAsk>): LiveStream => new LiveStream(options, context);

  return {
    async connect(context, requests) {
      const commands = requests[Symbol.asyncIterator]();
      const cursors = toCursors(await readHello(commands));
      using stream = open(context);
      using _presence = opened(context.caller);
      const answers = new Commands(stream, context);
      let isDraining = false;
      context.onDrain((error) => {
        isDraining = true;
        stream.drain(error, answers.answered());
      });
      await Promise.all([stream.feed.run(cursors), runAll()]);

      /** Runs commands until the client ends its side; the client may go on listening. */
      async function runAll(): Promise<void> {
        for (;;) {
          await answers.mayTakeAnother();
          const next = await commands.next().catch(asTooLarge);
          if (isDraining) return;
          if (next instanceof RequestTooLarge) {
            answers.answer(readCommandId(next.bytes), refuse(context.ask(), next));
            continue;
          }
          const { value: request, done } = next;
          if (done) return;
          const run = (): Promise<Answer> => runCommand(request, { stream, context }, calls);
          const { commandId, afterCommandId } = request;
          answers.answer(commandId, afterCommandId === "" ? run() : answers.after(afterCommandId, run));
        }
      }
    },

    async subscribe(context, { hello }) {
      const cursors = toCursors(hello);
      using stream = open(context);
      using _presence = opened(context.caller);
      context.onDrain((error) => stream.drain(error, Promise.resolve()));
      await stream.feed.run(cursors);
    },
  };
}

/** Returns the refusal of one command, which does not end the stream. @throws every other error */
function asTooLarge(error: unknown): RequestTooLarge {
  if (error instanceof RequestTooLarge) return error;
  throw error;
}
