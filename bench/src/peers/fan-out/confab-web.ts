import { randomUUID } from "node:crypto";
import { v1 } from "@confab/protocol";
import { freePort } from "../../free-port.ts";
import { type FanOutProtocol, NUMBERED_MARK } from "../../load/fan-out.ts";
import { encodeGrpcMessage } from "../../load/frames.ts";
import { NUMBER_PLACE } from "../../load/numbering.ts";
import { TEXT } from "../../text.ts";
import { type Account, ConfabClient, encode, pathOf } from "../client.ts";
import { startConfab } from "../confab.ts";
import { readReady } from "../live-stream.ts";
import { registerRoom } from "./confab.ts";
import type { FanOutPeer } from "./peer.ts";

const { subscribe, sendMessage } = v1.ChatService.method;

/** Subscribe on the web port, over HTTP/1.1, as a browser uses it. Its sender makes a unary call for each message. */
export const confabSubscribe: FanOutPeer = {
  name: "Confab, Subscribe on the web port",
  hasRuntimes: true,
  omits: "",
  // The sender's calls follow one another on one connection.
  rates: [20],
  missing: () => null,
  async start({ runtime, folder, runtimeOptions = [] }) {
    const webPort = await freePort();
    const env = { CONFAB_WEB_PORT: String(webPort) };
    const server = await startConfab({ runtime, dataFolder: folder, runtimeOptions, env });
    return {
      server: { ...server, port: webPort },
      protocol: await webProtocol(server.port),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

async function webProtocol(grpcPort: number): Promise<FanOutProtocol> {
  using client = new ConfabClient(grpcPort);
  const { roomId, owner, accounts } = await registerRoom(client);
  const wait = await readReady(client, owner);
  const hello = encodeGrpcMessage(encode(subscribe.input, { hello: {} }));
  const listen = { path: pathOf(subscribe), type: "application/connect+proto", body: hello };
  const text = `${NUMBERED_MARK} ${TEXT}`;
  const request = { roomId, text, clientMessageId: `${randomUUID()}-${NUMBER_PLACE}` };
  const body = Buffer.from(JSON.stringify(request));
  const message = toRequest({ path: pathOf(sendMessage), type: "application/json", body }, owner);
  const info = {
    path: pathOf(v1.AuthService.method.getServerInfo),
    type: "application/json",
    body: Buffer.from("{}"),
  };
  return {
    isHttp2: false,
    listeners: accounts.map((account) => [{ send: toRequest(listen, account), wait }]),
    sender: [{ send: toRequest(info, owner), wait: Buffer.from("authMethods") }],
    message,
    hasAnswers: false,
  };
}

interface Post {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

function toRequest({ path, type, body }: Post, { metadata }: Account): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    "host: localhost",
    `content-type: ${type}`,
    `content-length: ${body.length}`,
    `authorization: ${metadata.authorization}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}
