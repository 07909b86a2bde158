import { v1 } from "@confab/protocol";
import { NotFoundError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../session/session.ts";
import { orAborted } from "../waiting.ts";
import { toMessageRecord } from "./convert-message.ts";
import type { Knowledge } from "./knowledge.ts";
import type { MessageRecord } from "./records.ts";
import { addPage, beginPage, endPage, learn, MAX_EARLY } from "./reduce.ts";
import { hasOlder } from "./state.ts";
import { find, put } from "./window.ts";

const PAGE_SIZE = 100;
const { listMessages } = v1.ChatService.method;

/** A page of messages, ascending. */
export interface HistoryPage {
  readonly messages: readonly MessageRecord[];
  readonly hasMore: boolean;
  /** The room's, when the page was read. */
  readonly revision: number;
}

type PagePosition =
  | { readonly beforeSeq: bigint }
  | { readonly afterSeq: bigint }
  | { readonly aroundSeq: bigint }
  | { readonly sinceRevision: bigint };

/** What is read of a room by pages: what the stream has not brought. */
export class History {
  readonly #session: Session;
  readonly #knowledge: Knowledge;
  readonly #meId: string;
  readonly #onLoading: () => void;
  #loading: Promise<void> | null = null;
  #asking: Promise<void> | null = null;

  /** `onLoading` is called when `isLoadingOlder` changes. */
  constructor(session: Session, knowledge: Knowledge, options: { meId: string; onLoading: () => void }) {
    this.#session = session;
    this.#knowledge = knowledge;
    this.#meId = options.meId;
    this.#onLoading = options.onLoading;
  }

  get isLoadingOlder(): boolean {
    return this.#loading !== null;
  }

  /** Adds a page before what is known. @returns whether there is still more. @throws ConfabError */
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
    return hasOlder(this.#knowledge.state);
  }

  /** Messages after one, oldest first; after 0 the oldest. @throws ConfabError */
  async after(seq: number, options: CallOptions): Promise<HistoryPage> {
    const { firstSeq } = this.#knowledge.state.room;
    const start = Math.max(seq, firstSeq - 1);
    if (start > 0) return this.#read({ afterSeq: BigInt(start) }, options);
    // To the server no position is the newest page. The first message itself may be hidden from who came later.
    try {
      return await this.#read({ aroundSeq: 1n }, options);
    } catch (error) {
      if (!(error instanceof NotFoundError) || error.reason !== "MESSAGE_NOT_FOUND") throw error;
      return this.#read({ afterSeq: 1n }, options);
    }
  }

  /** Messages that have changed after a revision, in the order of their changes. @throws ConfabError */
  since(revision: number, options: CallOptions): Promise<HistoryPage> {
    return this.#read({ sinceRevision: BigInt(revision) }, options);
  }

  /** Asks which reactions are one's own, where an event could not say. What fails is asked for again another time. */
  askForOwnReactions(): void {
    this.#asking ??= this.#askForOwnReactions()
      .catch(() => {})
      .finally(() => {
        this.#asking = null;
      });
  }

  async #loadPage(): Promise<void> {
    const knowledge = this.#knowledge;
    while (hasOlder(knowledge.state)) {
      const { epoch, fromSeq } = knowledge.state;
      knowledge.become(beginPage(knowledge.state));
      const page = await this.#read({ beforeSeq: BigInt(fromSeq) }, {}).catch((error: unknown) => {
        knowledge.become(endPage(knowledge.state));
        throw error;
      });
      const { state } = knowledge;
      const isOther = state.epoch !== epoch || state.fromSeq !== fromSeq;
      // A page that may miss something that has happened since is read again.
      if (isOther || (state.early?.length ?? 0) > MAX_EARLY) continue;
      knowledge.keepMore(page.messages.length);
      knowledge.become(addPage(state, page, this.#meId));
      return;
    }
  }

  async #askForOwnReactions(): Promise<void> {
    const knowledge = this.#knowledge;
    for (;;) {
      const unsure = knowledge.state.window.find(({ isSure }) => !isSure);
      if (!unsure) return;
      const { messages } = await this.after(unsure.seq - 1, {});
      const learned = learn(knowledge.state, messages);
      const still = find(learned.window, unsure.seq);
      // Where the answer was no newer than what is known, it will not be.
      const window =
        still && !still.isSure ? put(learned.window, { ...still, isSure: true }) : learned.window;
      knowledge.become({ ...learned, window });
    }
  }

  async #read(position: PagePosition, options: CallOptions): Promise<HistoryPage> {
    const request = { roomId: this.#knowledge.state.room.id, pageSize: PAGE_SIZE, ...position };
    const { messages, hasMore, roomRevision } = await this.#session.call(listMessages, request, options);
    const records = messages.map((message) => toMessageRecord(message, { meId: this.#meId, isAnswer: true }));
    if ("beforeSeq" in position) records.reverse();
    return { messages: records, hasMore, revision: Number(roomRevision) };
  }
}
