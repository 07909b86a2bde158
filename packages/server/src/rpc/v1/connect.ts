import type { MessageInitShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";
import type { Messages } from "../../app/messages.ts";
import { requireAccount } from "../../app/require.ts";
import type { SignedIn } from "../../domain/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId } from "../../domain/ids.ts";
import type { FeedSources } from "../../live/feed-options.ts";
import { Pulse } from "../../live/pulse.ts";
import type { Handlers, StreamContext } from "../handler.ts";
import { type Answer, Commands, encodeResult } from "./commands.ts";
import { encodeSent, frameEncoding, type StreamTimes } from "./frames.ts";
import { type Cursor, encodeHeartbeat, LiveStream } from "./live-stream.ts";
import { fromSendRequest } from "./message-convert.ts";
import { parseCounter } from "./numbers.ts";

/** The most bytes of a Hello: room for the cursors of tens of thousands of rooms. */
export const MAX_HELLO_BYTES = 1024 * 1024;
const MAX_CURSORS = 50_000;
const MAX_CLIENT_NAME_CHARACTERS = 128;
/** How long a client has to say hello. */
const HELLO_MS = 10_000;

type ChatHandlers = Handlers<typeof v1.ChatService>;

/** What the live stream is made of, beside the calls that it takes as commands. */
export interface LiveParts {
  readonly sources: FeedSources;
  readonly send: Messages["send"];
  /** Says that a stream of the account is open, until disposed of. */
  readonly opened: (account: SignedIn["account"]) => Disposable;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly times: StreamTimes;
}

/** Connect and Subscribe: the same frames; on Connect a client sends commands as well. */
export function liveHandlers(
  { sources, send, opened, random, times }: LiveParts,
  calls: Pick<ChatHandlers, "updateReadCursor" | "signalActivity">,
): Pick<ChatHandlers, "connect" | "subscribe"> {
  const encoding = frameEncoding(times);
  const pulse = new Pulse(times.heartbeatMs, () => encodeHeartbeat(sources.clock()));

  const options = { sources, encoding, times, pulse, random };
  const open = (context: StreamContext): LiveStream => new LiveStream(options, context);

  async function sendMessage(request: v1.SendMessageRequest, context: StreamContext): Promise<Answer> {
    const sent = await send(context, fromSendRequest(request));
    return (commandId) => encodeSent(commandId, sent);
  }

  async function updateReadCursor(
    request: v1.UpdateReadCursorRequest,
    context: StreamContext,
  ): Promise<Answer> {
    const value = await calls.updateReadCursor(request, context);
    return (commandId) => encodeResult(commandId, { case: "updateReadCursor", value });
  }

  async function signalActivity(request: v1.SignalActivityRequest, context: StreamContext): Promise<Answer> {
    await calls.signalActivity(request, context);
    return encodeResult;
  }

  return {
    async connect(requests, context) {
      const commands = requests[Symbol.asyncIterator]();
      const cursors = toCursors(await readHello(commands));
      using stream = open(context);
      using _presence = opened(requireAccount(context.caller).account);
      const answers = new Commands(stream, context);
      let isDraining = false;
      context.onDrain((error) => {
        isDraining = true;
        stream.drain(error, answers.answered());
      });
      await Promise.all([stream.feed.run(cursors), obey()]);

      /** Who sends no more commands goes on listening. */
      async function obey(): Promise<void> {
        for (;;) {
          await answers.mayTakeAnother();
          const { value, done } = await commands.next();
          if (done || isDraining) return;
          obeyOne(value);
        }
      }

      function obeyOne({ commandId, command }: v1.ConnectRequest): void {
        switch (command.case) {
          case "sendMessage":
            answers.answer(commandId, sendMessage(command.value, context));
            return;
          case "updateReadCursor":
            answers.answer(commandId, updateReadCursor(command.value, context));
            return;
          case "signalActivity":
            answers.answer(commandId, signalActivity(command.value, context));
            return;
          case "heartbeat":
            stream.sendHeartbeat();
            answers.answer(commandId, Promise.resolve(encodeResult));
            return;
          case "hello":
            throw new ChatError("HELLO_EXPECTED", "hello is the first command of a stream, and comes once", {
              field: "hello",
            });
          case undefined:
            throw new ChatError("FIELD_REQUIRED", "the command is missing", { field: "command" });
          default:
            command satisfies never;
        }
      }
    },

    async subscribe({ hello }, context) {
      const cursors = toCursors(hello);
      using stream = open(context);
      using _presence = opened(requireAccount(context.caller).account);
      context.onDrain((error) => stream.drain(error, Promise.resolve()));
      await stream.feed.run(cursors);
    },
  };
}

/** @throws ChatError HELLO_EXPECTED when the first command is another, or none comes in time */
async function readHello(commands: AsyncIterator<v1.ConnectRequest>): Promise<v1.Hello | undefined> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(helloExpected()), HELLO_MS);
  try {
    const { value, done } = await Promise.race([commands.next(), late.promise]);
    if (done || value.command.case !== "hello") throw helloExpected();
    return value.command.value;
  } finally {
    clearTimeout(timer);
  }
}

function helloExpected(): ChatError {
  return new ChatError("HELLO_EXPECTED", "the first command of a stream is hello: send it at once", {
    field: "hello",
  });
}

/** @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG, TOO_MANY_IDS */
function toCursors(hello: MessageInitShape<typeof v1.HelloSchema> | undefined): readonly Cursor[] {
  const { rooms = [], clientName = "" } = hello ?? {};
  if (clientName.length > MAX_CLIENT_NAME_CHARACTERS) {
    throw new ChatError(
      "FIELD_TOO_LONG",
      `hello.client_name has ${clientName.length} characters; at most ${MAX_CLIENT_NAME_CHARACTERS} are allowed`,
      { field: "hello.client_name" },
    );
  }
  if (rooms.length > MAX_CURSORS) {
    throw new ChatError("TOO_MANY_IDS", `hello.rooms has ${rooms.length} entries; at most ${MAX_CURSORS}`, {
      field: "hello.rooms",
    });
  }
  return rooms.map(({ roomId = "", revision = 0n }) => {
    if (roomId === "") {
      throw new ChatError("FIELD_REQUIRED", "hello.rooms has an entry without a room_id", {
        field: "hello.rooms.room_id",
      });
    }
    return { roomId: roomId as RoomId, revision: parseCounter(revision, "hello.rooms.revision") };
  });
}
