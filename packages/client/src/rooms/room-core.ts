import { v1 } from "@confab/protocol";
import { Code, ConfabError, NotFoundError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { User } from "../users/user.ts";
import { delay } from "../waiting.ts";
import type { RoomContext } from "./context.ts";
import { toMessageRecord } from "./convert-message.ts";
import { moveRead, takeCounts } from "./counting.ts";
import { withEdits } from "./edits.ts";
import type { ChangeQueue } from "./follow-changes.ts";
import { History } from "./history.ts";
import { Knowledge } from "./knowledge.ts";
import { listMembers, MemberList } from "./members.ts";
import type { Message, Timeline } from "./message.ts";
import { Outgoing, type Unsent } from "./outgoing.ts";
import { ReadPosition } from "./read-position.ts";
import type { MemberRecord, MessageRecord } from "./records.ts";
import { type Change, learn } from "./reduce.ts";
import { RoomCalls } from "./room-calls.ts";
import type { RoomInfo } from "./room-info.ts";
import { hasOlder } from "./state.ts";
import { Typing } from "./typing.ts";
import { Views } from "./view.ts";
import { find } from "./window.ts";

/** The server tells who is there in rooms of at most so many. */
const MAX_WITH_PRESENCE = 500;
/** Counts are asked for that often at most. */
const COUNT_EVERY_MS = 1_000;

/** The parts of a room that one is in, and how what the stream brings reaches them. */
export class RoomCore {
  readonly id: string;
  readonly context: RoomContext;
  readonly calls: RoomCalls;
  readonly knowledge: Knowledge;
  readonly history: History;
  readonly views: Views;
  readonly outgoing: Outgoing;
  readonly info: Source<RoomInfo>;
  readonly timeline: Source<Timeline>;
  readonly typing: Source<readonly User[]>;
  readonly online: Source<readonly User[]>;
  /** Of those who read the room's changes just now. */
  readonly queues = new Set<ChangeQueue>();
  readonly #typing: Typing;
  readonly #members: MemberList;
  readonly #reading: ReadPosition;
  readonly #onInfo: () => void;
  #isCounting = false;
  #wantsRefill = false;

  /** `onInfo` is called when `info` changes. */
  constructor(context: RoomContext, snapshot: v1.Room, onInfo: () => void) {
    const { meId, session, connection, directory } = context;
    this.id = snapshot.id;
    this.context = context;
    this.#onInfo = onInfo;
    this.views = new Views(directory);
    this.calls = new RoomCalls(context, this.id);
    this.info = new Source(() => this.#computeInfo());
    this.timeline = new Source(() => this.#computeTimeline());
    this.typing = new Source(() => this.#typing.userIds.map((userId) => directory.show(userId)));
    this.online = new Source(() => this.#computeOnline());
    this.knowledge = new Knowledge(snapshot, {
      meId,
      isObserved: () => this.timeline.isObserved,
      onChanged: () => this.#changed(),
      onChange: (change, revision) => this.#onChange(change, revision),
    });
    this.history = new History(session, this.knowledge, { meId, onLoading: () => this.timeline.changed() });
    this.outgoing = new Outgoing({
      roomId: this.id,
      meId,
      nowMs: context.environment.nowMs,
      count: context.unsent,
      isOnline: () => connection.isOnline,
      post: (request) => this.#post(request),
      wait: (ms) => delay(ms, context.closed),
      onStored: (message) => this.#stored(message),
      onChanged: () => this.timeline.changed(),
    });
    this.#reading = new ReadPosition({
      isOnline: () => connection.isOnline,
      post: (readSeq) =>
        connection.ask({ case: "updateReadCursor", value: { roomId: this.id, readSeq: BigInt(readSeq) } }),
    });
    this.#typing = new Typing(
      () => connection.tell({ case: "signalActivity", value: { roomId: this.id, activity: TYPING } }),
      () => this.typing.changed(),
    );
    this.#members = new MemberList(
      () => this.#listJoined(),
      () => this.#membersChanged(),
    );
  }

  /** An event of this room. */
  apply(event: v1.Event): void {
    const { change } = event;
    if (change.case === "activity") {
      if (change.value.activity === TYPING) this.#typing.began(change.value.userId);
      return;
    }
    this.knowledge.apply(event);
  }

  /** What was known is to be forgotten. */
  reset(snapshot: v1.Room): void {
    const { window } = this.knowledge.state;
    this.#wantsRefill ||= this.timeline.isObserved || window.length > 1;
    this.knowledge.reset(snapshot);
    const { revision, topSeq } = this.knowledge.state;
    for (const queue of this.queues) {
      queue.rewind(revision, topSeq);
      queue.break();
    }
    if (this.knowledge.isLive) this.#refill();
    void this.#members.refresh();
  }

  /** A stream has said hello: what it says of the room until `ready` was missed. */
  catchUp(): void {
    this.knowledge.catchUp();
  }

  /** The stream is live: what waits for it goes on. */
  ready(): void {
    this.knowledge.goLive();
    this.#refill();
    if (this.knowledge.state.window.some(({ isSure }) => !isSure)) this.history.askForOwnReactions();
    void this.#members.refresh();
    void this.outgoing.resume();
    void this.#reading.resume();
  }

  /** Names have come. */
  namesChanged(): void {
    this.timeline.changed();
    this.typing.changed();
    this.online.changed();
    this.info.changed();
  }

  /** Nothing more comes. */
  end(error: ConfabError): void {
    this.outgoing.end(error);
    this.#reading.end(error);
    this.#typing[Symbol.dispose]();
    this.knowledge.end();
  }

  /** One is no longer in the room. */
  leave(): void {
    const message = `you are not in the room "${this.knowledge.state.room.title}" any more`;
    this.end(new NotFoundError({ reason: "ROOM_NOT_FOUND", code: Code.NOT_FOUND, message }));
    this.context.cursors.forget(this.id);
  }

  /** Takes a newer state of a message out of an answer. */
  learn(message: MessageRecord): void {
    this.knowledge.become(learn(this.knowledge.state, [message]));
  }

  /** A message as an answer has it, for whoever asked. */
  show(message: MessageRecord): Message {
    return this.views.message(withEdits(message, find(this.knowledge.state.window, message.seq)));
  }

  markRead(seq: number): Promise<void> {
    const readSeq = Math.min(seq, this.knowledge.state.topSeq);
    if (readSeq <= this.knowledge.state.readSeq) return this.#reading.settled();
    this.knowledge.become(moveRead(this.knowledge.state, readSeq));
    return this.#reading.move(readSeq);
  }

  setTyping(): void {
    if (this.context.connection.isOnline) this.#typing.say();
  }

  #onChange(change: Change, revision: number): void {
    for (const queue of this.queues) queue.push(change, revision);
    if (change.kind === "member") this.#members.change(change.member);
    if (!("message" in change)) return;
    const { message } = change;
    this.outgoing.heard(message);
    if (change.kind === "message") this.#typing.ended(message.senderId);
    if (!message.isSure && this.knowledge.isLive) this.history.askForOwnReactions();
  }

  #stored(message: MessageRecord): void {
    this.learn(message);
    if (this.context.connection.isOnline) this.#typing.sent();
  }

  async #post(request: Unsent["request"]): Promise<MessageRecord> {
    const { connection, meId } = this.context;
    this.#typing.sends();
    const result = await connection.ask({ case: "sendMessage", value: request });
    const message = result.case === "sendMessage" ? result.value.message : undefined;
    if (message) return toMessageRecord(message, { meId, isAnswer: true });
    const description = "the server's answer has no message";
    throw new ConfabError({ reason: "", code: Code.INTERNAL, message: description });
  }

  /** What was shown is shown again, as far as a page goes. */
  #refill(): void {
    if (!this.#wantsRefill) return;
    this.#wantsRefill = false;
    this.history.loadOlder().catch(() => {
      // Without a connection it is tried again with the next.
      this.#wantsRefill = true;
    });
  }

  #changed(): void {
    this.timeline.changed();
    this.#infoChanged();
  }

  #infoChanged(): void {
    this.info.changed();
    this.#onInfo();
  }

  #membersChanged(): void {
    this.online.changed();
    if (this.knowledge.state.room.kind === "direct") this.#infoChanged();
  }

  #computeInfo(): RoomInfo {
    const { state } = this.knowledge;
    if (state.needsCounts) void this.#count();
    if (state.room.kind !== "direct") return this.views.info(state, []);
    this.#members.want();
    const others = [...this.#members.joined.keys()].filter((userId) => userId !== this.context.meId);
    return this.views.info(state, others);
  }

  #computeTimeline(): Timeline {
    const { state } = this.knowledge;
    const stored = state.window.map((record) => this.views.stored(record));
    const unsent = this.outgoing.unsent.map((entry) => this.views.unsent(entry));
    const { isLoadingOlder } = this.history;
    return { items: [...stored, ...unsent], hasOlder: hasOlder(state), isLoadingOlder };
  }

  #computeOnline(): readonly User[] {
    if (this.knowledge.state.room.memberCount > MAX_WITH_PRESENCE) return [];
    this.#members.want();
    const { presence, directory } = this.context;
    const online = presence.online.get();
    const userIds = [...this.#members.joined.keys()].filter((userId) => online.has(userId));
    return userIds.map((userId) => directory.show(userId));
  }

  async #listJoined(): Promise<readonly MemberRecord[]> {
    const { session, presence, meId, background } = this.context;
    const members = await background.run(() =>
      listMembers(session, this.id, { state: v1.MemberState.JOINED }),
    );
    for (const { userId, isOnline } of members) if (userId !== meId) presence.set(userId, isOnline);
    return members;
  }

  /** Asks for what can't be counted here; once for all that happens meanwhile. */
  async #count(): Promise<void> {
    if (this.#isCounting) return;
    this.#isCounting = true;
    try {
      const room = await this.context.background.run(() => this.calls.get());
      this.knowledge.become(takeCounts(this.knowledge.state, room));
      await delay(COUNT_EVERY_MS, this.context.closed);
    } catch {
      // What is known is shown, until something happens or someone looks again.
    } finally {
      this.#isCounting = false;
    }
    if (this.knowledge.state.needsCounts) this.#infoChanged();
  }
}

const TYPING = v1.Activity.TYPING;
