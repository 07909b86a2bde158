import { v1 } from "@confab/protocol";
import { Code, InvalidArgumentError, NotFoundError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import { addPage, beginPage, endPage, MAX_PAGE_EVENTS, mergeMessages } from "../live/reduce.ts";
import { MAX_KEPT, type RoomCache } from "../live/room-cache.ts";
import { hasOlder } from "../live/state.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { orAborted } from "../waiting.ts";
import { toMessageRecord } from "./convert.ts";
import { find, put } from "./window.ts";

const PAGE_SIZE = 100;
const { listMessages } = v1.ChatService.method;

/** A page of messages, ascending by seq or by revision. */
interface HistoryPage {
  readonly messages: readonly MessageRecord[];
  readonly hasMore: boolean;
  /** The room's revision when the page was read. */
  readonly revision: number;
}

type PagePosition =
  | { readonly beforeSeq: bigint }
  | { readonly afterSeq: bigint }
  | { readonly sinceRevision: bigint };

/** Reads a room's messages by pages, for everything that the stream has not brought. */
export class History {
  readonly #context: RoomContext;
  readonly #cache: RoomCache;
  readonly #onLoading: () => void;
  #loading: Promise<void> | null = null;
  #asking: Promise<void> | null = null;
  #needsRefill = false;

  /** `onLoading` is called when `isLoadingOlder` changes. */
  constructor(context: RoomContext, cache: RoomCache, onLoading: () => void) {
    this.#context = context;
    this.#cache = cache;
    this.#onLoading = onLoading;
  }

  get isLoadingOlder(): boolean {
    return this.#loading !== null;
  }

  /** Adds an older page to the window. @returns true if more pages follow. @throws ConfabError */
  async loadOlder({ signal }: CallOptions = {}): Promise<boolean> {
    signal?.throwIfAborted();
    if (!this.#loading) {
      this.#loading = this.#loadPage().finally(() => {
        this.#loading = null;
        this.#onLoading();
      });
      this.#onLoading();
    }
    await orAborted(this.#loading, signal);
    return hasOlder(this.#cache.state);
  }

  /** Loads older pages until the message is in the window. @throws NotFoundError; InvalidArgumentError `MESSAGE_TOO_FAR` */
  async loadTo(seq: number, options: CallOptions): Promise<MessageRecord> {
    const cache = this.#cache;
    if (cache.state.topSeq - seq >= MAX_KEPT) throw tooFar(seq);
    while (seq < cache.state.fromSeq && (await this.loadOlder(options)));
    const message = find(cache.state.window, seq);
    if (message) return message;
    const text = `there is no message ${seq} in the room "${cache.state.room.title}"`;
    throw new NotFoundError({ reason: "MESSAGE_NOT_FOUND", code: Code.NOT_FOUND, message: text });
  }

  /** Makes the next `refill` load a page, because a snapshot has replaced a timeline that had more. */
  requestRefill(): void {
    this.#needsRefill = true;
  }

  /** Loads the page that was requested, if any; a failure leaves it to the next call. */
  refill(): void {
    if (!this.#needsRefill) return;
    this.#needsRefill = false;
    this.loadOlder().catch(() => this.requestRefill());
  }

  /** Reads the messages after a seq, oldest first; after 0, from the oldest on. @throws ConfabError */
  after(seq: number, options: CallOptions): Promise<HistoryPage> {
    return this.#read({ afterSeq: BigInt(seq) }, options);
  }

  /** Reads the messages that changed after a revision, in the order of their changes. @throws ConfabError */
  since(revision: number, options: CallOptions): Promise<HistoryPage> {
    return this.#read({ sinceRevision: BigInt(revision) }, options);
  }

  /** Asks which reactions are the user's own, which events don't contain. After a failure the next call tries again. */
  askForOwnReactions(): void {
    this.#asking ??= this.#askForOwnReactions()
      .catch(() => {})
      .finally(() => {
        this.#asking = null;
      });
  }

  async #loadPage(): Promise<void> {
    const cache = this.#cache;
    // The server's pages are bounded in bytes too, so that large messages take several.
    for (let missing = PAGE_SIZE; missing > 0 && hasOlder(cache.state); ) {
      const { epoch, fromSeq } = cache.state;
      cache.set(beginPage(cache.state));
      const position = { beforeSeq: BigInt(fromSeq), pageSize: missing };
      const page = await this.#read(position, {}).catch((error: unknown) => {
        cache.set(endPage(cache.state));
        throw error;
      });
      const { state } = cache;
      const isOther = state.epoch !== epoch || state.fromSeq !== fromSeq;
      // The page may lack a change that happened since, so it is read again.
      if (isOther || (state.pageEvents?.length ?? 0) > MAX_PAGE_EVENTS) continue;
      cache.keepMore(page.messages.length);
      cache.set(addPage(state, page, this.#context.meId));
      missing -= page.messages.length;
    }
  }

  async #askForOwnReactions(): Promise<void> {
    const cache = this.#cache;
    for (;;) {
      const unsure = cache.state.window.find(({ knowsOwnReactions }) => !knowsOwnReactions);
      if (!unsure) return;
      const { messages } = await this.after(unsure.seq - 1, {});
      const merged = mergeMessages(cache.state, messages);
      const still = find(merged.window, unsure.seq);
      // The answer is no newer than the cached message, so asking again would not help.
      const window =
        still && !still.knowsOwnReactions
          ? put(merged.window, { ...still, knowsOwnReactions: true })
          : merged.window;
      cache.set({ ...merged, window });
    }
  }

  async #read(
    position: PagePosition & { readonly pageSize?: number },
    options: CallOptions,
  ): Promise<HistoryPage> {
    const { session, meId } = this.#context;
    const request = { roomId: this.#cache.state.room.id, pageSize: PAGE_SIZE, ...position };
    const { messages, hasMore, roomRevision } = await session.call(listMessages, request, options);
    const records = messages.map((message) => toMessageRecord(message, { meId, isAnswer: true }));
    if ("beforeSeq" in position) records.reverse();
    return { messages: records, hasMore, revision: Number(roomRevision) };
  }
}

function tooFar(seq: number): InvalidArgumentError {
  const message = `more than ${MAX_KEPT} messages came after ${seq}: read around it with list({ aroundSeq: ${seq} })`;
  return new InvalidArgumentError({ reason: "MESSAGE_TOO_FAR", code: Code.INVALID_ARGUMENT, message });
}
