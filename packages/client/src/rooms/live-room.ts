import { v1 } from "@confab/protocol";
import type { ConfabError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import type { Change } from "../live/reduce.ts";
import { RoomCache } from "../live/room-cache.ts";
import type { RoomEvent } from "../live/room-event.ts";
import { RoomReaders } from "../live/room-readers.ts";
import { fromSnapshot } from "../live/state.ts";
import { inviteMembers, loadMembers, removeMember, updateMember } from "../members/calls.ts";
import { MemberList } from "../members/member-list.ts";
import { deleteMessage, getMessage, updateMessage } from "../messages/calls.ts";
import { withEdits } from "../messages/edits.ts";
import { History } from "../messages/history.ts";
import type { GivenReaction, Message, Timeline } from "../messages/message.ts";
import type { Outgoing } from "../messages/outgoing.ts";
import { listReactions, removeReactions, setReaction } from "../messages/reaction-calls.ts";
import { ReadPosition } from "../messages/read-position.ts";
import { roomOutgoing } from "../messages/room-outgoing.ts";
import { find } from "../messages/window.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import { Typing } from "../presence/typing.ts";
import type { User } from "../users/user.ts";
import type { RoomContext } from "./context.ts";
import { memberStates } from "./convert-room.ts";
import { notInRoom, type Removal, removedError } from "./removals.ts";
import type {
  EditOptions,
  MemberChanges,
  MessagesOptions,
  ReactionRemoval,
  Room,
  RoomChanges,
  SendOptions,
} from "./room.ts";
import type { Member, RoomInfo } from "./room-info.ts";
import { updateRoom } from "./update-room.ts";
import { Views } from "./view.ts";

interface LiveRoomOptions {
  /** True if the user has entered the room since the chat was opened. */
  readonly isNew: boolean;
  /** Called when `info` changes. */
  readonly onInfo: () => void;
}

/** A room that the user is in. The stream's frames arrive at `apply` and the methods beside it. */
export class LiveRoom implements Room {
  readonly id: string;
  readonly info: Source<RoomInfo>;
  readonly timeline: Source<Timeline>;
  readonly typing: Source<readonly User[]>;
  readonly online: Source<readonly User[]>;
  readonly #context: RoomContext;
  readonly #onInfo: () => void;
  readonly #cache: RoomCache;
  readonly #views: Views;
  readonly #history: History;
  readonly #outgoing: Outgoing;
  readonly #readPosition: ReadPosition;
  readonly #typing: Typing;
  readonly #members: MemberList;
  /** The loops over `messages` and `changes`. */
  readonly readers: RoomReaders;

  constructor(context: RoomContext, snapshot: v1.Room, { isNew, onInfo }: LiveRoomOptions) {
    this.id = snapshot.id;
    this.#context = context;
    this.#onInfo = onInfo;
    this.info = new Source(() => this.#computeInfo());
    this.timeline = new Source(() => this.#views.timeline(this.#cache.state, this.#outgoing, this.#history));
    this.#cache = new RoomCache(snapshot, {
      meId: context.meId,
      silenced: context.relationships.silenced(),
      isObserved: () => this.timeline.isObserved,
      onChanged: () => {
        this.timeline.changed();
        this.#infoChanged();
      },
      onChange: (change, revision) => this.#onChange(change, revision),
    });
    this.#views = new Views(context);
    this.#history = new History(context, this.#cache, () => this.timeline.changed());
    this.#typing = new Typing(context, this.id);
    this.typing = this.#typing.users;
    this.#outgoing = roomOutgoing(context, {
      cache: this.#cache,
      typing: this.#typing,
      onChanged: () => this.timeline.changed(),
    });
    this.#readPosition = new ReadPosition(context, this.#cache, () => this.#infoChanged());
    this.#members = new MemberList(context, this.#cache);
    this.online = this.#members.online;
    const { info } = this;
    const followed = { context, cache: this.#cache, history: this.#history, views: this.#views, info };
    this.readers = new RoomReaders(followed, isNew);
  }

  messages(options: MessagesOptions = {}): AsyncIterable<Message> {
    return this.readers.messages(options);
  }

  changes(options: CallOptions = {}): AsyncIterable<RoomEvent> {
    return this.readers.changes(options);
  }

  async message(seq: number, options: CallOptions = {}): Promise<Message> {
    const record = await getMessage(this.#context, { roomId: this.id, seq }, options);
    await this.#context.directory.load([record.senderId], options.signal);
    return this.#show(record);
  }

  loadOlder(options: CallOptions = {}): Promise<boolean> {
    return this.#history.loadOlder(options);
  }

  async send(text: string, options: SendOptions = {}): Promise<Message> {
    return this.#views.message(await this.#outgoing.add(text, options));
  }

  async retry(clientMessageId: string): Promise<Message> {
    return this.#views.message(await this.#outgoing.retry(clientMessageId));
  }

  discard(clientMessageId: string): void {
    this.#outgoing.discard(clientMessageId);
  }

  async edit(seq: number, text: string, options: EditOptions = {}): Promise<Message> {
    const edit = { roomId: this.id, seq, text, mentionUserIds: options.mentionUserIds };
    return this.#show(await updateMessage(this.#context, edit, options));
  }

  async delete(
    seq: number,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<Message> {
    return this.#show(await deleteMessage(this.#context, { roomId: this.id, seq, reason }, options));
  }

  react(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return setReaction(this.#context, { roomId: this.id, seq, emoji, removed: false }, options);
  }

  unreact(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return setReaction(this.#context, { roomId: this.id, seq, emoji, removed: true }, options);
  }

  reactions(seq: number, options: CallOptions = {}): Promise<readonly GivenReaction[]> {
    return listReactions(this.#context, { roomId: this.id, seq }, options);
  }

  removeReactions(seq: number, emoji: string, options: ReactionRemoval = {}): Promise<void> {
    return removeReactions(this.#context, { roomId: this.id, seq, emoji }, options);
  }

  async pin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#show(await updateMessage(this.#context, { roomId: this.id, seq, pinned: true }, options));
  }

  async unpin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#show(await updateMessage(this.#context, { roomId: this.id, seq, pinned: false }, options));
  }

  markRead(seq = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#readPosition.move(seq);
  }

  setTyping(): void {
    this.#typing.signal();
  }

  async members({
    state = "joined",
    ...options
  }: CallOptions & { readonly state?: Member["state"] | undefined } = {}): Promise<readonly Member[]> {
    const query = { roomId: this.id, state: memberStates.toNumber(state) };
    const { members, users } = await loadMembers(this.#context, query, options);
    return members.map((member) => this.#views.member(member, users));
  }

  async invite(handlesOrIds: readonly string[], options: CallOptions = {}): Promise<readonly Member[]> {
    const records = await inviteMembers(this.#context, { roomId: this.id, handlesOrIds }, options);
    return records.map((record) => this.#views.member(record));
  }

  remove(
    userId: string,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<void> {
    return removeMember(this.#context, { roomId: this.id, userId, reason }, options);
  }

  async updateMember(userId: string, changes: MemberChanges, options: CallOptions = {}): Promise<Member> {
    const request = { roomId: this.id, userId, changes };
    return this.#views.member(await updateMember(this.#context, request, options));
  }

  async update(changes: RoomChanges, options: CallOptions = {}): Promise<RoomInfo> {
    const room = await updateRoom(this.#context, { roomId: this.id, changes }, options);
    return this.#views.info(fromSnapshot(room, this.#context.meId, null));
  }

  leave(options: CallOptions = {}): Promise<void> {
    return this.remove(this.#context.meId, options);
  }

  async deleteRoom(options: CallOptions = {}): Promise<void> {
    await this.#context.session.call(v1.RoomService.method.deleteRoom, { roomId: this.id }, options);
  }

  /** The revision after which the next stream goes on. */
  get revision(): number {
    return this.#cache.state.revision;
  }

  /** The time of the newest message, or of the room's creation, in milliseconds since 1970. */
  get lastActiveMs(): number {
    const { window, room } = this.#cache.state;
    return (window.at(-1) ?? room).createTime.getTime();
  }

  /** Applies an event of this room. */
  apply(event: v1.Event): void {
    const { change } = event;
    if (change.case !== "activity") this.#cache.apply(event);
    else if (change.value.activity === v1.Activity.TYPING) this.#typing.began(change.value.userId);
  }

  /** Replaces the cached state by a snapshot. */
  reset(snapshot: v1.Room): void {
    if (this.timeline.isObserved || this.#cache.state.window.length > 1) this.#history.requestRefill();
    this.#cache.reset(snapshot);
    this.readers.reset();
    if (this.#cache.isLive) this.#history.refill();
    void this.#members.refresh();
  }

  /** Called when a stream begins: until `ready` it brings changes that were missed. */
  catchUp(): void {
    this.#cache.catchUp();
  }

  /** Called when the stream is live: flushes what waits for a connection. */
  ready(): void {
    this.#cache.goLive();
    this.#history.refill();
    const { window } = this.#cache.state;
    if (!window.every((message) => message.knowsOwnReactions)) this.#history.askForOwnReactions();
    void this.#members.refresh();
    void this.#outgoing.flush();
    void this.#readPosition.flush();
  }

  relationshipsChanged(): void {
    this.#cache.silence(this.#context.relationships.silenced());
  }

  namesChanged(): void {
    for (const source of [this.timeline, this.typing, this.online, this.info]) source.changed();
  }

  /** Rejects what waits with this error, and ends `messages` and `changes`: with `cut`, by that error. */
  end(error: ConfabError, cut: ConfabError | null = null): void {
    this.#outgoing.end(error);
    this.#readPosition.end(error);
    this.#typing[Symbol.dispose]();
    this.#cache.end(cut);
  }

  /** Ends the room because the user is no longer a member; `removal` says so if another has done it. */
  removed(removal: Removal | null): void {
    const cut = removal && removedError(removal);
    this.end(cut ?? notInRoom(this.#cache.state.room.title), cut);
    this.#context.cursors.forget(this.id);
  }

  #onChange(change: Change, revision: number): void {
    this.readers.push(change, revision);
    if (change.kind === "member") this.#members.apply(change.member);
    if (!("message" in change)) return;
    const { message } = change;
    this.#outgoing.received(message);
    if (change.kind === "message") this.#typing.ended(message.senderId);
    if (!message.knowsOwnReactions && this.#cache.isLive) this.#history.askForOwnReactions();
  }

  #infoChanged(): void {
    this.info.changed();
    this.#onInfo();
  }

  #computeInfo(): RoomInfo {
    if (this.#cache.state.needsCounts) void this.#readPosition.refreshCounts();
    return this.#views.info(this.#cache.state);
  }

  #show(message: MessageRecord): Message {
    return this.#views.message(withEdits(message, find(this.#cache.state.window, message.seq)));
  }
}
