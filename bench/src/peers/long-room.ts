import { v1 } from "@confab/protocol";
import { forEachOf } from "../many.ts";
import type { Runtime } from "../runtimes.ts";
import { TEXT } from "../text.ts";
import { type Account, ConfabClient } from "./client.ts";
import { startConfab } from "./confab.ts";
import { storeMessages } from "./stored-messages.ts";

const PINNED_AT_ONCE = 16;
const MS_BETWEEN_MESSAGES = 1_000;

/** The number of a room's messages, and the special ones among them. */
export interface RoomShape {
  readonly messages: number;
  /** One in this many replies in the thread of message 1. */
  readonly threadEvery: number;
  /** One in this many is pinned. */
  readonly pinnedEvery: number;
}

/** A room with one member, in a data folder that no server has open. */
export interface LongRoom {
  readonly shape: RoomShape;
  readonly roomId: string;
  readonly account: Account;
  /** The room's revisions before its first message. */
  readonly revisionsBefore: number;
}

/** Fills a new data folder: the messages through the server's own store, everything else by calls. */
export async function makeLongRoom(
  dataFolder: string,
  runtime: Runtime,
  shape: RoomShape,
): Promise<LongRoom> {
  const { messages, threadEvery, pinnedEvery } = shape;
  const room = await withServer(async (client) => {
    const account = await client.register("bench");
    const roomId = await client.createRoom(account, "a long history");
    const { room } = await client.unary(v1.RoomService.method.getRoom, { roomId }, account);
    return { shape, account, roomId, revisionsBefore: Number(room?.revision) };
  });
  await append();
  await withServer((client) => pin(client));
  return room;

  async function withServer<Result>(act: (client: ConfabClient) => Promise<Result>): Promise<Result> {
    await using confab = await startConfab({ runtime, dataFolder });
    using client = new ConfabClient(confab.port);
    return await act(client);
  }

  async function append(): Promise<void> {
    const startMs = Date.now() - messages * MS_BETWEEN_MESSAGES;
    await storeMessages(dataFolder, messages, (index) => ({
      roomId: room.roomId,
      senderId: room.account.id,
      text: TEXT,
      nowMs: startMs + index * MS_BETWEEN_MESSAGES,
      threadRootSeq: (index + 1) % threadEvery === 0 ? 1 : 0,
    }));
  }

  async function pin(client: ConfabClient): Promise<void> {
    const { roomId, account } = room;
    await forEachOf(Math.floor(messages / pinnedEvery), PINNED_AT_ONCE, (index) => {
      const message = { roomId, seq: BigInt((index + 1) * pinnedEvery), pinned: true };
      const request = { message, updateMask: { paths: ["pinned"] } };
      return client.unary(v1.ChatService.method.updateMessage, request, account);
    });
  }
}
