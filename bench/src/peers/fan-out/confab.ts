import { randomUUID } from "node:crypto";
import { simple, v1 } from "@confab/protocol";
import { ANSWERED_MARK, type FanOutProtocol, NUMBERED_MARK } from "../../load/fan-out.ts";
import { NUMBER_PLACE } from "../../load/numbering.ts";
import { TEXT } from "../../text.ts";
import { type Account, ConfabClient, encode, pathOf } from "../client.ts";
import { startConfab } from "../confab.ts";
import { countedBytes, encodeRequest, openCall } from "./http2.ts";
import type { FanOutPeer } from "./peer.ts";

const ACCOUNTS = 10;

/** Connect: the full contract's live stream. The listeners are streams of ten accounts. */
export const confabConnect: FanOutPeer = {
  name: "Confab, Connect",
  hasRuntimes: true,
  omits: "",
  missing: () => null,
  async start({ runtime, folder, runtimeOptions = [] }) {
    const server = await startConfab({ runtime, dataFolder: folder, runtimeOptions });
    return {
      server,
      protocol: await connectProtocol(server.port),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** ReceiveMessage: the simple contract's stream, which has one message a response. */
export const confabReceive: FanOutPeer = {
  ...confabConnect,
  name: "Confab, ReceiveMessage",
  async start({ runtime, folder, runtimeOptions = [] }) {
    const server = await startConfab({ runtime, dataFolder: folder, runtimeOptions });
    return {
      server,
      protocol: receiveProtocol(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

async function connectProtocol(port: number): Promise<FanOutProtocol> {
  using client = new ConfabClient(port);
  const accounts: Account[] = [];
  for (let number = 0; number < ACCOUNTS; number++) accounts.push(await client.register(`bench${number}`));
  const [owner, ...others] = accounts;
  if (!owner) throw new Error("there are no accounts");
  const roomId = await client.createRoom(owner, "bench");
  for (const other of others) {
    await client.unary(v1.RoomService.method.addMembers, { roomId, userIds: ["me"] }, other);
  }
  const method = v1.ChatService.method.connect;
  const call = {
    path: pathOf(method),
    request: encode(method.input, { command: { case: "hello", value: {} } }),
    wait: await readReady(client, owner),
  };
  const text = `${NUMBERED_MARK} ${TEXT}`;
  const send = { roomId, text, clientMessageId: `${randomUUID()}-${NUMBER_PLACE}` };
  const command = { case: "sendMessage", value: send } as const;
  const request = encode(method.input, { commandId: ANSWERED_MARK, command });
  return {
    isHttp2: true,
    listeners: accounts.map(({ metadata }) => [openCall({ ...call, metadata })]),
    slowListener: [openCall({ ...call, metadata: owner.metadata, hasSmallWindows: true })],
    sender: [openCall({ ...call, metadata: owner.metadata })],
    message: encodeRequest(request),
    messageCountedBytes: countedBytes(request),
    hasAnswers: true,
  };
}

/** The bytes of Ready, which the server says the same to everyone who comes without cursors. */
function readReady(client: ConfabClient, account: Account): Promise<Buffer> {
  const stream = client.connect(account);
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", ({ frames }: v1.ConnectResponse) => {
      const ready = frames.find(({ frame }) => frame.case === "ready");
      if (!ready) return;
      resolve(encode(v1.ConnectResponseSchema, { frames: [ready] }));
      stream.cancel();
    });
    stream.write({ command: { case: "hello", value: {} } });
  });
}

/** Guests; the sender's stream is a Chat, which the server takes one message after the other from. */
function receiveProtocol(): FanOutProtocol {
  const { receiveMessage, chat } = simple.ChatService.method;
  const request = encode(chat.input, { userName: "ada", text: `${NUMBERED_MARK} ${TEXT}` });
  const listen = { path: pathOf(receiveMessage), request: Buffer.alloc(0), isLast: true };
  return {
    isHttp2: true,
    listeners: [[openCall(listen)]],
    slowListener: [openCall({ ...listen, hasSmallWindows: true })],
    sender: [openCall({ path: pathOf(chat) })],
    message: encodeRequest(request),
    messageCountedBytes: countedBytes(request),
    hasAnswers: false,
  };
}
