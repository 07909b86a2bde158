import { randomUUID } from "node:crypto";
import { simple, v1 } from "@confab/protocol";
import { ANSWERED_MARK, type FanOutProtocol, NUMBERED_MARK } from "../../load/fan-out.ts";
import { NUMBER_PLACE } from "../../load/numbering.ts";
import { TEXT } from "../../text.ts";
import { type Account, ConfabClient, encode, pathOf } from "../client.ts";
import { startConfab } from "../confab.ts";
import { readReady } from "../live-stream.ts";
import { countedBytes, encodeRequest, openCall } from "./http2.ts";
import type { FanOutPeer } from "./peer.ts";

const ACCOUNTS = 10;
/** The room of the simple contract. */
const LOBBY = "lobby";

/** Connect, the full contract's live stream. The listeners are streams of ten accounts. */
export const confabConnect = confabPeer("Connect", connectProtocol);

/** ReceiveMessage, the simple contract's stream: one message in each response. */
export const confabReceive = confabPeer("ReceiveMessage", receiveProtocol);

function confabPeer(method: string, protocolOf: (port: number) => Promise<FanOutProtocol>): FanOutPeer {
  return {
    name: `Confab, ${method}`,
    hasRuntimes: true,
    omits: "",
    missing: () => null,
    async start({ runtime, folder, runtimeOptions = [] }) {
      const server = await startConfab({ runtime, dataFolder: folder, runtimeOptions });
      return {
        server,
        protocol: await protocolOf(server.port),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

/** Makes ten accounts and a room that they are in. */
export async function registerRoom(
  client: ConfabClient,
): Promise<{ readonly roomId: string; readonly owner: Account; readonly accounts: readonly Account[] }> {
  const accounts: Account[] = [];
  for (let number = 0; number < ACCOUNTS; number++) accounts.push(await client.register(`bench${number}`));
  const [owner, ...others] = accounts;
  if (!owner) throw new Error("there are no accounts");
  const roomId = await client.createRoom(owner, "bench");
  for (const other of others) {
    await client.join(roomId, other);
  }
  return { roomId, owner, accounts };
}

async function connectProtocol(port: number): Promise<FanOutProtocol> {
  using client = new ConfabClient(port);
  const { roomId, owner, accounts } = await registerRoom(client);
  const call = await hello(client, owner);
  return {
    ...(await sending(client, { sender: owner, roomId })),
    listeners: accounts.map(({ metadata }) => [openCall({ ...call, metadata })]),
    slowListener: [openCall({ ...call, metadata: owner.metadata, hasSmallWindows: true })],
  };
}

const connect = v1.ChatService.method.connect;

/** The request that opens a Connect. */
async function hello(client: ConfabClient, account: Account) {
  return {
    path: pathOf(connect),
    request: encode(connect.input, { command: { case: "hello", value: {} } }),
    wait: await readReady(client, account),
  };
}

/** The sender's part of a protocol: it sends into the room on Connect. */
async function sending(
  client: ConfabClient,
  { sender, roomId }: { readonly sender: Account; readonly roomId: string },
): Promise<Omit<FanOutProtocol, "listeners">> {
  const text = `${NUMBERED_MARK} ${TEXT}`;
  const send = { roomId, text, clientMessageId: `${randomUUID()}-${NUMBER_PLACE}` };
  const command = { case: "sendMessage", value: send } as const;
  const request = encode(connect.input, { commandId: ANSWERED_MARK, command });
  return {
    isHttp2: true,
    sender: [openCall({ ...(await hello(client, sender)), metadata: sender.metadata })],
    message: encodeRequest(request),
    messageCountedBytes: countedBytes(request),
    hasAnswers: true,
  };
}

/** Guests listen. The sender uses Connect, because a Chat accepts only one message at a time. */
async function receiveProtocol(port: number): Promise<FanOutProtocol> {
  using client = new ConfabClient(port);
  const sender = await client.register("bench");
  await client.join(LOBBY, sender);
  const listen = {
    path: pathOf(simple.ChatService.method.receiveMessage),
    request: Buffer.alloc(0),
    isLast: true,
  };
  return {
    ...(await sending(client, { sender, roomId: LOBBY })),
    listeners: [[openCall(listen)]],
    slowListener: [openCall({ ...listen, hasSmallWindows: true })],
  };
}
