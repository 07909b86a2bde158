import { v1 } from "@confab/protocol";
import type { ConfabError } from "../errors.ts";
import type { Change } from "../live/reduce.ts";
import { RoomCache } from "../live/room-cache.ts";
import type { RoomEvent } from "../live/room-event.ts";
import { RoomReaders } from "../live/room-readers.ts";
import { fromSnapshot, shownUserIds } from "../live/state.ts";
import { MemberActions } from "../members/member-actions.ts";
import { MemberList } from "../members/member-list.ts";
import { History } from "../messages/history.ts";
import type { GivenReaction, Message, Timeline } from "../messages/message.ts";
import { MessageActions } from "../messages/message-actions.ts";
import type { Outgoing } from "../messages/outgoing.ts";
import { ReadPosition } from "../messages/read-position.ts";
import { roomOutgoing } from "../messages/room-outgoing.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import { Typing } from "../presence/typing.ts";
import type { User } from "../users/user.ts";
import type { RoomContext } from "./context.ts";
import { redo } from "./redo.ts";
import { notInRoom, type Removal, removedError } from "./removals.ts";
import type { MessagePage, MessagesOptions, Room, RoomChanges, SendOptions } from "./room.ts";
import type { Access, Member, RoomInfo } from "./room-info.ts";
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
  readonly readPositions: Source<ReadonlyMap<string, number>>;
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
  readonly #messageActions: MessageActions;
  readonly #memberActions: MemberActions;

  constructor(context: RoomContext, snapshot: v1.Room, { isNew, onInfo }: LiveRoomOptions) {
    this.id = snapshot.id;
    this.#context = context;
    this.#onInfo = onInfo;
    this.info = new Source(() => this.#computeInfo());
    this.timeline = new Source(() =>
      this.#views.timeline(this.#cache.state, this.#outgoing, this.#history, this.#messageActions.pending),
    );
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
    const onChanged = (): void => this.timeline.changed();
    this.#outgoing = roomOutgoing(context, { cache: this.#cache, typing: this.#typing, onChanged });
    this.#readPosition = new ReadPosition(context, this.#cache, () => this.#infoChanged());
    this.#members = new MemberList(context, this.#cache);
    this.online = this.#members.online;
    const { info } = this;
    const followed = { context, cache: this.#cache, history: this.#history, views: this.#views, info };
    this.readers = new RoomReaders(followed, isNew);
    this.readPositions = this.#members.readPositions;
    this.#messageActions = new MessageActions(context, {
      cache: this.#cache,
      views: this.#views,
      onPending: () => this.timeline.changed(),
    });
    this.#memberActions = new MemberActions(context, this.id, this.#views);
    for (const work of context.unsentWork.take(this.id)) redo(this, work);
  }

  messages(options: MessagesOptions = {}): AsyncIterable<Message> {
    return this.readers.messages(options);
  }

  changes(options: CallOptions = {}): AsyncIterable<RoomEvent> {
    return this.readers.changes(options);
  }

  message(...args: Parameters<Room["message"]>): Promise<Message> {
    return this.#messageActions.message(...args);
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

  edit(...args: Parameters<Room["edit"]>): Promise<Message> {
    return this.#messageActions.edit(...args);
  }

  delete(...args: Parameters<Room["delete"]>): Promise<Message> {
    return this.#messageActions.delete(...args);
  }

  react(...args: Parameters<Room["react"]>): Promise<void> {
    return this.#messageActions.react(...args);
  }

  unreact(...args: Parameters<Room["unreact"]>): Promise<void> {
    return this.#messageActions.unreact(...args);
  }

  reactions(...args: Parameters<Room["reactions"]>): Promise<readonly GivenReaction[]> {
    return this.#messageActions.reactions(...args);
  }

  removeReactions(...args: Parameters<Room["removeReactions"]>): Promise<void> {
    return this.#messageActions.removeReactions(...args);
  }

  pin(...args: Parameters<Room["pin"]>): Promise<Message> {
    return this.#messageActions.pin(...args);
  }

  unpin(...args: Parameters<Room["unpin"]>): Promise<Message> {
    return this.#messageActions.unpin(...args);
  }

  list(...args: Parameters<Room["list"]>): Promise<MessagePage> {
    return this.#messageActions.list(...args);
  }

  async goTo(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#views.message(await this.#history.loadTo(seq, options));
  }

  markRead(seq = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#readPosition.move(seq);
  }

  setTyping(): void {
    this.#typing.signal();
  }

  members(...args: Parameters<Room["members"]>): Promise<readonly Member[]> {
    return this.#memberActions.members(...args);
  }

  invite(...args: Parameters<Room["invite"]>): Promise<readonly Member[]> {
    return this.#memberActions.invite(...args);
  }

  remove(...args: Parameters<Room["remove"]>): Promise<void> {
    return this.#memberActions.remove(...args);
  }

  updateMember(...args: Parameters<Room["updateMember"]>): Promise<Member> {
    return this.#memberActions.updateMember(...args);
  }

  checkAccess(...args: Parameters<Room["checkAccess"]>): Promise<Access> {
    return this.#memberActions.checkAccess(...args);
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

  /** The users whose names a list of rooms shows of this one. */
  get shownUserIds(): readonly string[] {
    return shownUserIds(this.#cache.state);
  }

  /** Applies an event of this room. */
  apply(event: v1.Event): void {
    const { change } = event;
    if (change.case === "readCursor") this.#members.read(change.value.userId, Number(change.value.readSeq));
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
    this.#outgoing.flush();
    this.#messageActions.pending.ready();
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
    this.#messageActions.pending.end(error);
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
    this.#messageActions.came(change);
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
}
