import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import { parseCounter } from "../numbers.ts";
import type { Hello, LiveRequest } from "./first-requests.ts";

/** So that the largest Hello costs the server little: the rooms beyond it come as snapshots. */
const MAX_CURSORS = 10_000;
const MAX_CLIENT_NAME_CHARACTERS = 128;
/** A client has this long to send Hello. */
const HELLO_MS = 10_000;

/** Reads the first command. @throws ChatError HELLO_EXPECTED when it is another, or does not come in time */
export async function readHello(commands: AsyncIterator<LiveRequest>): Promise<Hello | undefined> {
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

interface Cursor {
  readonly roomId: RoomId;
  readonly revision: number;
}

/**
 * Reads the cursors of a Hello, each when it is asked for.
 *
 * @throws ChatError FIELD_TOO_LONG; while they are read, FIELD_REQUIRED, FIELD_INVALID, TOO_MANY_IDS, REQUEST_MALFORMED
 */
export function toCursors(hello: Hello | undefined): Iterable<Cursor> {
  const { rooms = [], clientName = "" } = hello ?? {};
  if (clientName.length > MAX_CLIENT_NAME_CHARACTERS) {
    throw new ChatError(
      "FIELD_TOO_LONG",
      `hello.client_name has ${clientName.length} characters; at most ${MAX_CLIENT_NAME_CHARACTERS} are allowed`,
      { field: "hello.client_name" },
    );
  }
  return checked(rooms);
}

function* checked(rooms: NonNullable<Hello["rooms"]>): Generator<Cursor> {
  let count = 0;
  for (const { roomId, revision } of rooms) {
    if (++count > MAX_CURSORS) {
      throw new ChatError("TOO_MANY_IDS", `hello.rooms has more than ${MAX_CURSORS} entries`, {
        field: "hello.rooms",
      });
    }
    if (roomId === "") {
      throw new ChatError("FIELD_REQUIRED", "hello.rooms has an entry without a room_id", {
        field: "hello.rooms.room_id",
      });
    }
    yield { roomId: roomId as RoomId, revision: parseCounter(revision, "hello.rooms.revision") };
  }
}
