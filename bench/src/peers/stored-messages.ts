import { randomUUID } from "node:crypto";
import { serverModule } from "../paths.ts";

const BATCH = 1_000;

export interface StoredMessage {
  readonly roomId: string;
  readonly senderId: string;
  readonly text: string;
  readonly nowMs: number;
  readonly threadRootSeq?: number;
}

/** The part of the server's store that is used here, with its inputs. */
interface SeedStore extends AsyncDisposable {
  appendMessages(messages: readonly object[]): Promise<readonly { readonly kind: string }[]>;
}

/**
 * Writes messages through the server's own store into a data folder that no server has open. Calls would take far
 * longer.
 */
export async function storeMessages(
  dataFolder: string,
  count: number,
  messageOf: (index: number) => StoredMessage,
): Promise<void> {
  const { openSqliteStore } = (await import(serverModule("store/sqlite/store"))) as {
    openSqliteStore(folder: string): Promise<SeedStore>;
  };
  await using store = await openSqliteStore(dataFolder);
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) =>
      toNewMessage(messageOf(done + index)),
    );
    const outcomes = await store.appendMessages(batch);
    if (outcomes.some(({ kind }) => kind !== "stored")) throw new Error("the store refused a message");
  }
}

function toNewMessage({ roomId, senderId, text, nowMs, threadRootSeq = 0 }: StoredMessage): object {
  return {
    roomId,
    id: randomUUID(),
    sender: { kind: "user", userId: senderId },
    text,
    nowMs,
    content: {
      clientMessageId: randomUUID(),
      contentHash: "",
      repeatKey: null,
      replyToSeq: 0,
      threadRootSeq,
      mentionUserIds: [],
      payload: null,
      ttlMs: 0,
    },
  };
}
