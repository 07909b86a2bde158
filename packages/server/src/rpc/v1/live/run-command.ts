import type { v1 } from "@confab/protocol";
import type { Messages } from "../../../app/messages/messages.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { StreamContext } from "../../handler.ts";
import type { ChatHandlers } from "../handlers.ts";
import { fromSendRequest } from "../messages/convert.ts";
import { type Answer, encodeResult } from "./commands.ts";
import type { LiveRequest } from "./first-requests.ts";
import { encodeSent } from "./frames.ts";
import type { LiveStream } from "./live-stream.ts";
import { noCommand, refuse } from "./refused-commands.ts";

/** The calls that a client can also send as commands. */
export interface CommandCalls extends Pick<ChatHandlers, "updateReadCursor" | "signalActivity"> {
  readonly send: Messages["sendMessage"];
}

interface OpenStream {
  readonly stream: LiveStream;
  readonly context: StreamContext<AccountAsk>;
}

/**
 * Runs a command of a stream.
 *
 * @throws ChatError HELLO_EXPECTED, FIELD_REQUIRED, at once, if the request has no command or another Hello. The promise
 * rejects with the errors of the command, COMMAND_UNKNOWN among them
 */
export function runCommand(
  request: LiveRequest,
  { stream, context }: OpenStream,
  calls: CommandCalls,
): Promise<Answer> {
  const { command } = request;
  switch (command.case) {
    case "sendMessage":
      return sendMessage(calls, context.ask(), command.value);
    case "updateReadCursor":
      return updateReadCursor(calls, context.ask(), command.value);
    case "signalActivity":
      return signalActivity(calls, context.ask(), command.value);
    case "heartbeat":
      return heartbeat(stream, context.ask());
    case "hello":
      throw new ChatError("HELLO_EXPECTED", "hello is the first command of a stream, and comes once", {
        field: "hello",
      });
    case undefined: {
      const error = noCommand(request);
      if (error.reason !== "COMMAND_UNKNOWN") throw error;
      return refuse(context.ask(), error);
    }
    default:
      return command satisfies never;
  }
}

/** The ask of a command, once it is counted. */
type CountedAsk = AccountAsk | Promise<AccountAsk>;

async function heartbeat(stream: LiveStream, ask: CountedAsk): Promise<Answer> {
  await ask;
  stream.sendHeartbeat();
  return encodeResult;
}

async function sendMessage(
  { send }: CommandCalls,
  ask: CountedAsk,
  request: v1.SendMessageRequest,
): Promise<Answer> {
  const sent = await send(await ask, fromSendRequest(request));
  return (commandId) => encodeSent(commandId, sent);
}

async function updateReadCursor(
  calls: CommandCalls,
  ask: CountedAsk,
  request: v1.UpdateReadCursorRequest,
): Promise<Answer> {
  const value = await calls.updateReadCursor(await ask, request);
  return (commandId) => encodeResult(commandId, { case: "updateReadCursor", value });
}

async function signalActivity(
  calls: CommandCalls,
  ask: CountedAsk,
  request: v1.SignalActivityRequest,
): Promise<Answer> {
  await calls.signalActivity(await ask, request);
  return encodeResult;
}
