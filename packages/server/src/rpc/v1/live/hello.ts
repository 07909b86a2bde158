import type { MessageInitShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import { parseCounter } from "../numbers.ts";

/** The most bytes of a Hello: room for the cursors of tens of thousands of rooms. */
export const MAX_HELLO_BYTES = 1024 * 1024;
const MAX_CURSORS = 50_000;
const MAX_CLIENT_NAME_CHARACTERS = 128;
/** A client has this long to send Hello. */
const HELLO_MS = 10_000;

/** Reads the first command. @throws ChatError HELLO_EXPECTED when it is another, or does not come in time */
export async function readHello(commands: AsyncIterator<v1.ConnectRequest>): Promise<v1.Hello | undefined> {
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

/** Reads the cursors of a Hello. @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG, TOO_MANY_IDS */
export function toCursors(hello: MessageInitShape<typeof v1.HelloSchema> | undefined): readonly Cursor[] {
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
