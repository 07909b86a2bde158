import { NUMBERED_MARK, type Step } from "../../load/fan-out.ts";
import { ownProgram } from "../../paths.ts";
import { startServer } from "../../processes.ts";
import { TEXT } from "../../text.ts";
import type { FanOutPeer } from "./peer.ts";

const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const LONGER = 126;

/** Over WebSocket from the first byte on; a ping of the server comes later than a run takes. */
export const socketIo: FanOutPeer = {
  name: "socket.io",
  hasRuntimes: true,
  omits: "store, authorize",
  missing: () => null,
  async start({ runtime, runtimeOptions = [] }) {
    const program = ownProgram("peers/fan-out/socket-io-server");
    const server = await startServer({ runtime, args: [...runtimeOptions, program] });
    const opening: readonly Step[] = [
      { send: upgrade(), wait: Buffer.from('"sid"') },
      { send: encodeText("40"), wait: Buffer.from('42["joined"]') },
    ];
    return {
      server,
      protocol: {
        isHttp2: false,
        listeners: [opening],
        sender: opening,
        // Event 2 of a message 4, to be acknowledged as number 0.
        message: encodeText(`420${JSON.stringify(["say", `${NUMBERED_MARK} ${TEXT}`])}`),
        hasAnswers: true,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

function upgrade(): Buffer {
  const lines = [
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}

/** A client's frame, whose mask of zeros leaves the text as it is. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = bytes.length < LONGER ? [bytes.length] : [LONGER, bytes.length >> 8, bytes.length & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.concat([Buffer.from([FINAL_TEXT, MASKED | first, ...rest, 0, 0, 0, 0]), bytes]);
}
