/**
 * Prints the heap that rooms take which nobody looks at: as they come, and after messages in each.
 *
 *   npx node --expose-gc packages/client/dist-test/measure/room-memory.js [rooms] [messages in each]
 */
import { randomUUID } from "node:crypto";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { connectOver, type LiveStream, type Transport } from "@confab/client";
import { v1 } from "@confab/protocol";

const [rooms = 10_000, messages = 400] = process.argv.slice(2).map(Number);
const SENDERS = 200;
const meId = randomUUID();
const roomIds = Array.from({ length: rooms }, () => randomUUID());
const senderIds = Array.from({ length: SENDERS }, () => randomUUID());

type FrameInit = NonNullable<MessageInitShape<typeof v1.FrameSchema>["frame"]>;

/** Encodes and decodes a frame, so that it is in memory as one from the wire. */
function received(frame: FrameInit): v1.Frame {
  return fromBinary(v1.FrameSchema, toBinary(v1.FrameSchema, create(v1.FrameSchema, { frame })));
}

function messageOf(roomId: string, seq: number): v1.Message {
  return create(v1.MessageSchema, {
    roomId,
    seq: BigInt(seq),
    revision: BigInt(seq + 1),
    id: randomUUID(),
    clientMessageId: randomUUID(),
    senderId: senderIds[seq % SENDERS] ?? "",
    text: `message ${seq}: a line of about as many characters as people write in a chat`,
    createTime: timestampFromMs(Date.now()),
    updateTime: timestampFromMs(Date.now()),
  });
}

function snapshotOf(roomId: string, index: number): v1.Room {
  return create(v1.RoomSchema, {
    id: roomId,
    kind: v1.RoomKind.GROUP,
    title: `Room ${index}`,
    lastSeq: 1n,
    firstSeq: 1n,
    revision: 2n,
    memberCount: 50,
    self: { roomId, userId: meId, role: v1.Role.MEMBER, state: v1.MemberState.JOINED, unreadCount: 1n },
    lastMessage: messageOf(roomId, 1),
    createTime: timestampFromMs(Date.now()),
    updateTime: timestampFromMs(Date.now()),
  });
}

/** A server that has the rooms, and sends each message when `say` is called. */
function makeTransport(): { readonly transport: Transport; readonly say: (seq: number) => void } {
  let push: (frames: readonly v1.Frame[]) => void = () => {};
  const answers: Record<string, unknown> = {
    CreateSession: { accessToken: "a", refreshToken: "r", expiresIn: { seconds: 3_600n, nanos: 0 } },
    GetUser: { user: create(v1.UserSchema, { id: meId, handle: "me" }) },
    GetServerInfo: { limits: {} },
    ListRelationships: { relationships: [], nextPageToken: "" },
    BatchGetUsers: { users: [] },
  };
  async function* frames(signal: AbortSignal): LiveStream["frames"] {
    for (const [index, roomId] of roomIds.entries()) {
      yield [received({ case: "room", value: snapshotOf(roomId, index) })];
    }
    yield [received({ case: "ready", value: { outcome: v1.ResumeOutcome.FRESH } })];
    signal.addEventListener("abort", () => push([]));
    while (!signal.aborted) {
      yield await new Promise<readonly v1.Frame[]>((resolve) => {
        push = resolve;
      });
    }
  }
  const transport: Transport = {
    unary: async (method) => (answers[method.name] ?? {}) as never,
    connect: (_hello, { signal }) => ({ frames: frames(signal), send() {} }),
    reset() {},
    close() {},
  };
  const say = (seq: number): void =>
    push(
      roomIds.map((roomId) =>
        received({
          case: "event",
          value: {
            roomId,
            revision: BigInt(seq + 1),
            change: { case: "message", value: messageOf(roomId, seq) },
          },
        }),
      ),
    );
  return { transport, say };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Returns the bytes in use, without what can be collected. */
async function used(): Promise<number> {
  if (!globalThis.gc) throw new Error("start node with --expose-gc");
  for (let count = 0; count < 3; count++) {
    await turn();
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function print(what: string, bytes: number): void {
  process.stdout.write(`${what}: ${Math.round(bytes / rooms).toLocaleString("en")} bytes a room\n`);
}

const before = await used();
const { transport, say } = makeTransport();
const chat = await connectOver(transport, { guest: "me" });
print(`${rooms} rooms as they come`, (await used()) - before);
for (let seq = 2; seq <= messages + 1; seq++) {
  say(seq);
  await turn();
}
const read = chat.rooms.get().every((room) => room.info.get().lastSeq === messages + 1);
if (!read) throw new Error("not all messages have arrived");
print(`after ${messages} messages in each`, (await used()) - before);
await chat.close();
