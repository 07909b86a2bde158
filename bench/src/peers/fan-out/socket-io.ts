import { NUMBERED_MARK } from "../../load/fan-out.ts";
import type { Step } from "../../load/steps.ts";
import { ownProgram } from "../../paths.ts";
import { type ServerProcess, startServer } from "../../processes.ts";
import type { Runtime } from "../../runtimes.ts";
import { TEXT } from "../../text.ts";
import type { FanOutPeer } from "./peer.ts";

const ROOM = "room";

const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const LONGER = 126;

/** Uses WebSocket from the first byte on. The server's first ping comes later than the end of a run. */
export const socketIo: FanOutPeer = {
  name: "socket.io",
  hasRuntimes: true,
  omits: "store, authorize",
  missing: () => null,
  async start({ runtime, runtimeOptions = [] }) {
    const server = await startSocketIo(runtime, runtimeOptions);
    const opening = joinRooms([ROOM]);
    return {
      server,
      protocol: {
        isHttp2: false,
        listeners: [opening],
        sender: opening,
        message: sayIn(ROOM),
        hasAnswers: true,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** Starts a process for any number of rooms. */
export function startSocketIo(
  runtime: Runtime,
  runtimeOptions: readonly string[] = [],
): Promise<ServerProcess> {
  const program = ownProgram("peers/fan-out/socket-io-server");
  return startServer({ runtime, args: [...runtimeOptions, program] });
}

/** The steps that open a connection and join these rooms. */
export function joinRooms(rooms: readonly string[]): readonly Step[] {
  return [
    { send: upgrade(rooms), wait: Buffer.from('"sid"') },
    { send: encodeText("40"), wait: Buffer.from('42["joined"]') },
  ];
}

/** A message to everyone in a room: event 2 of a message 4, to be acknowledged as number 0. */
export function sayIn(room: string): Buffer {
  return encodeText(`420${JSON.stringify(["say", room, `${NUMBERED_MARK} ${TEXT}`])}`);
}

function upgrade(rooms: readonly string[]): Buffer {
  const lines = [
    `GET /socket.io/?EIO=4&transport=websocket&rooms=${rooms.join(",")} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Encodes a client's frame. Its mask of zeros leaves the text unchanged. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = bytes.length < LONGER ? [bytes.length] : [LONGER, bytes.length >> 8, bytes.length & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.concat([Buffer.from([FINAL_TEXT, MASKED | first, ...rest, 0, 0, 0, 0]), bytes]);
}
