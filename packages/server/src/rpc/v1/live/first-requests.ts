import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { v1 } from "@confab/protocol";
import { decode, malformed } from "../../codec.ts";

/** The most bytes of a request with a Hello: room for as many cursors as it may have. */
const maxBytes = 512 * 1024;

const { commandId, hello: connectHello } = v1.ConnectRequestSchema.field;
const { hello: subscribeHello } = v1.SubscribeRequestSchema.field;
const { rooms: helloRooms, clientName } = v1.HelloSchema.field;

/** A Hello whose rooms may be decoded while they are read: all at once they take ten times their bytes. */
export interface Hello {
  readonly clientName: string;
  readonly rooms: Iterable<v1.RoomCursor>;
}

type Command = v1.ConnectRequest["command"];

/** A request of a Connect stream. */
export interface LiveRequest extends Pick<v1.ConnectRequest, "commandId" | "afterCommandId" | "$unknown"> {
  readonly command: Exclude<Command, { case: "hello" }> | { readonly case: "hello"; readonly value: Hello };
}

/** Reads the first requests of live streams. */
export const firstRequests = {
  connect: {
    maxBytes,
    decode(bytes: Uint8Array): LiveRequest {
      const found = findHello(bytes, { hello: connectHello.number, commandId: commandId.number });
      return found
        ? {
            commandId: found.commandId,
            afterCommandId: "",
            command: { case: "hello", value: toHello(found.hello) },
          }
        : decode(v1.ConnectRequestSchema, bytes, maxBytes);
    },
  },
  subscribe: {
    maxBytes,
    decode(bytes: Uint8Array): { readonly hello?: Hello | undefined } {
      const found = findHello(bytes, { hello: subscribeHello.number });
      return found ? { hello: toHello(found.hello) } : decode(v1.SubscribeRequestSchema, bytes, maxBytes);
    },
  },
};

/** Finds the Hello of a request that has nothing else but perhaps an id. The numbers are those of its fields. */
function findHello(
  bytes: Uint8Array,
  numbers: { readonly hello: number; readonly commandId?: number },
): { readonly hello: Uint8Array; readonly commandId: string } | null {
  const reader = new BinaryReader(bytes);
  let hello: Uint8Array | null = null;
  let id = "";
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (type !== WireType.LengthDelimited) return null;
      if (number === numbers.hello && !hello) hello = reader.bytes();
      else if (number === numbers.commandId) id = reader.string();
      else return null;
    }
  } catch {
    return null;
  }
  return hello && { hello, commandId: id };
}

/** @throws ChatError REQUEST_MALFORMED; the rooms throw it while they are read */
function toHello(bytes: Uint8Array): Hello {
  const reader = new BinaryReader(bytes);
  let name = "";
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (number === clientName.number && type === WireType.LengthDelimited) name = reader.string();
      else reader.skip(type, number);
    }
  } catch (cause) {
    throw malformed(v1.HelloSchema, cause);
  }
  return { clientName: name, rooms: { [Symbol.iterator]: () => readRooms(bytes) } };
}

function* readRooms(bytes: Uint8Array): Generator<v1.RoomCursor> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === helloRooms.number && type === WireType.LengthDelimited) {
      yield decode(v1.RoomCursorSchema, reader.bytes());
    } else reader.skip(type, number);
  }
}
