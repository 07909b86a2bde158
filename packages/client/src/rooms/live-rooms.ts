import { v1 } from "@confab/protocol";
import type { FrameHandler } from "../connection/stream.ts";
import { Code, type ConfabError, NotFoundError } from "../errors.ts";
import { fromSnapshot } from "../live/state.ts";
import { removeMember } from "../members/calls.ts";
import { AllMessages } from "../messages/all-messages.ts";
import type { Message } from "../messages/message.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "./context.ts";
import { toActivity } from "./convert-room.ts";
import { brought, create, findPublic, hasLabel, join, onlyOne, openDirect, titleKey } from "./entering.ts";
import { LiveRoom } from "./live-room.ts";
import { type Removal, Removals } from "./removals.ts";
import type { Room } from "./room.ts";
import type { RoomInfo } from "./room-info.ts";
import type { NewRoom, RoomPage, Rooms } from "./rooms.ts";
import { Views } from "./view.ts";

const { listRooms } = v1.RoomService.method;
/** Most names that are loaded before `connect` resolves: those of the newest rooms. */
const MAX_NAMES = 1_000;
/** As many as a Hello may have. The rooms beyond it come as snapshots. */
const MAX_CURSORS = 10_000;

/** The user's rooms and invitations, kept up to date by the stream. */
export class LiveRooms implements Rooms, FrameHandler {
  readonly invitations: Source<readonly RoomInfo[]>;
  readonly removals: Source<readonly Removal[]>;
  readonly subscribe: Rooms["subscribe"];
  readonly get: Rooms["get"];
  readonly #context: RoomContext;
  readonly #views: Views;
  readonly #removals = new Removals();
  readonly #entered = new Map<string, LiveRoom>();
  readonly #list: Source<readonly LiveRoom[]>;
  #invitations: ReadonlyMap<string, v1.Room> = new Map();
  /**
   * Places that the new stream has not confirmed yet, and that may have ended while there was no stream: invitations;
   * rooms only where the stream begins without their positions, because otherwise a gap ends them.
   */
  #unconfirmed = new Set<string>();
  /** The loops over `messages`. */
  readonly #followers = new Set<AllMessages>();
  #isReady = false;
  /** True once the first stream has brought all rooms. */
  #isLoaded = false;

  constructor(context: RoomContext) {
    this.#context = context;
    this.#views = new Views(context);
    this.#list = new Source(() => this.#sorted());
    this.subscribe = this.#list.subscribe;
    this.get = get;
    this.invitations = new Source(() => [...this.#invitations.values()].map((room) => this.#toInfo(room)));
    context.directory.names.subscribe(() => this.#namesChanged());
    this.removals = this.#removals.list;
    context.presence.present.subscribe(() => this.#presenceChanged());
    context.relationships.subscribe(() => this.#relationshipsChanged());

    const list = this.#list;
    const entered = this.#entered;
    // A function, not a method, because an observable's `get` may be passed on.
    function get(roomId: string): Room | undefined;
    function get(): readonly Room[];
    function get(roomId?: string): readonly Room[] | Room | undefined {
      return roomId === undefined ? list.get() : entered.get(roomId);
    }
  }

  async open(idOrTitle: string, options: CallOptions = {}): Promise<Room> {
    options.signal?.throwIfAborted();
    const key = titleKey(idOrTitle);
    const known = this.get(idOrTitle);
    if (known) return known;
    const titled = this.get().filter((room) => titleKey(room.info.get().title) === key);
    const entered = onlyOne(titled, idOrTitle);
    if (entered) return entered;
    const invited = [...this.#invitations.values()].filter(
      ({ id, title }) => id === idOrTitle || titleKey(title) === key,
    );
    const roomId = onlyOne(invited, idOrTitle)?.id ?? (await findPublic(this.#context, idOrTitle, options));
    return this.join(roomId, options);
  }

  async join(roomId: string, options: CallOptions = {}): Promise<Room> {
    await join(this.#context, roomId, options);
    return this.#whenEntered(roomId, options);
  }

  byLabel(name: string, value?: string): readonly Room[] {
    return this.get().filter(({ info }) => hasLabel(info.get(), name, value));
  }

  async create(room: NewRoom, options: CallOptions = {}): Promise<Room> {
    return this.#whenEntered(await create(this.#context, room, options), options);
  }

  async openDirect(handlesOrIds: readonly string[], options: CallOptions = {}): Promise<Room> {
    return this.#whenEntered(await openDirect(this.#context, handlesOrIds, options), options);
  }

  async browse({
    query = "",
    pageToken = "",
    ...options
  }: CallOptions & {
    readonly query?: string | undefined;
    readonly pageToken?: string | undefined;
  } = {}): Promise<RoomPage> {
    const request = { directory: true, query, pageToken };
    const { rooms, nextPageToken } = await this.#context.session.call(listRooms, request, options);
    return { rooms: rooms.map((room) => this.#toInfo(room)), nextPageToken };
  }

  async decline(roomId: string, options: CallOptions = {}): Promise<void> {
    if (!this.#invitations.has(roomId)) {
      const message = `there is no invitation to the room "${roomId}"`;
      throw new NotFoundError({ reason: "ROOM_NOT_FOUND", code: Code.NOT_FOUND, message });
    }
    await removeMember(this.#context, { roomId, userId: this.#context.meId }, options);
  }

  /** Yields the messages of all rooms: see `Chat.messages`. */
  messages({ signal }: CallOptions): AsyncIterable<Message> {
    const starts = new Map([...this.#entered.values()].map(({ id, readers }) => [id, readers.startSeq]));
    return this.#follow(starts, signal);
  }

  onHello(isFresh: boolean): readonly { roomId: string; revision: bigint }[] {
    this.#isReady = false;
    const rooms = [...this.#entered.values()];
    const resumed = rooms.slice(0, isFresh ? 0 : MAX_CURSORS);
    const fresh = rooms.slice(resumed.length);
    this.#unconfirmed = new Set([...this.#invitations.keys(), ...fresh.map(({ id }) => id)]);
    this.#context.presence.begin();
    for (const room of rooms) room.catchUp();
    return resumed.map(({ id, revision }) => ({ roomId: id, revision: BigInt(revision) }));
  }

  onFrame({ frame }: v1.Frame): void {
    switch (frame.case) {
      case "room":
        this.#onRoom(frame.value);
        return;
      case "gap":
        // After any other reason a snapshot or the remaining events follow.
        if (frame.value.reason === v1.GapReason.ACCESS_CHANGED) this.#forget(frame.value.roomId);
        return;
      case "event":
        this.#onEvent(frame.value);
        return;
      default:
    }
  }

  onReady(): void {
    this.#isReady = true;
    this.#context.presence.ready();
    this.#context.ownActivity.ready();
    // Changes of profiles were not sent until now.
    this.#context.directory.refresh();
    for (const roomId of this.#unconfirmed) this.#drop(roomId);
    for (const room of this.#entered.values()) room.ready();
    for (const roomId of this.#entered.keys()) this.#followed(roomId);
    this.#isLoaded = true;
    // After a failure the next connection tries again.
    void this.#context.relationships.load().catch(() => {});
  }

  /** Loads the names that a list of the rooms and invitations shows, as far as the directory can keep them. */
  async loadNames(): Promise<void> {
    const { directory, closed } = this.#context;
    const shown = this.#list.get().flatMap(({ shownUserIds }) => shownUserIds);
    const invited = [...this.#invitations.values()].flatMap(({ directUserIds }) => directUserIds);
    await directory.load([...new Set([...shown, ...invited])].slice(0, MAX_NAMES), closed);
  }

  onEnd(error: ConfabError): void {
    this.#context.unsentWork.freeze();
    for (const room of this.#entered.values()) room.end(error);
    for (const follower of this.#followers) follower.wake();
  }

  async *#follow(
    starts: ReadonlyMap<string, number>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Message> {
    using follower = new AllMessages(this.#context);
    for (const { id, readers } of this.#entered.values()) {
      follower.add(id, readers.reader(starts.get(id) ?? readers.startSeq));
    }
    this.#followers.add(follower);
    try {
      yield* follower.read(signal);
    } finally {
      this.#followers.delete(follower);
    }
  }

  #followed(roomId: string): void {
    for (const follower of this.#followers) follower.changed(roomId);
  }

  #namesChanged(): void {
    for (const room of this.#entered.values()) room.namesChanged();
    this.#list.changed();
    this.invitations.changed();
  }

  #relationshipsChanged(): void {
    for (const room of this.#entered.values()) room.relationshipsChanged();
    this.#list.changed();
  }

  #presenceChanged(): void {
    for (const room of this.#entered.values()) room.online.changed();
  }

  #onRoom(snapshot: v1.Room): void {
    const { id, self } = snapshot;
    this.#setInvitation(id, self?.state === v1.MemberState.INVITED ? snapshot : null);
    if (self?.state !== v1.MemberState.JOINED) {
      this.#leave(id);
      return;
    }
    const entered = this.#entered.get(id);
    if (entered) {
      entered.reset(snapshot);
      return;
    }
    const onInfo = (): void => {
      this.#list.changed();
      this.#followed(id);
    };
    const room = new LiveRoom(this.#context, snapshot, { isNew: this.#isLoaded, onInfo });
    this.#entered.set(id, room);
    if (this.#isReady) room.ready();
    for (const follower of this.#followers) follower.add(id, room.readers.reader(room.readers.startSeq));
    this.#list.changed();
  }

  #onEvent(event: v1.Event): void {
    const { change, roomId } = event;
    const { directory, presence, meId } = this.#context;
    if (change.case === "member" && change.value.userId === meId) this.#removals.note(event);
    if (change.case === "user") directory.changed(change.value);
    else if (roomId !== "") this.#entered.get(roomId)?.apply(event);
    else if (change.case === "activity") {
      const { userId, activity } = change.value;
      presence.set(userId, toActivity(activity));
    }
  }

  #forget(roomId: string): void {
    const title = this.#entered.get(roomId)?.info.get().title ?? this.#invitations.get(roomId)?.title;
    this.#drop(roomId, title === undefined ? null : this.#removals.ended(roomId, title));
  }

  #drop(roomId: string, removal: Removal | null = null): void {
    this.#setInvitation(roomId, null);
    this.#leave(roomId, removal);
  }

  #leave(roomId: string, removal: Removal | null = null): void {
    const room = this.#entered.get(roomId);
    if (!room) return;
    this.#entered.delete(roomId);
    for (const follower of this.#followers) follower.remove(roomId);
    room.removed(removal);
    this.#list.changed();
  }

  #setInvitation(roomId: string, room: v1.Room | null): void {
    this.#unconfirmed.delete(roomId);
    if (!room && !this.#invitations.has(roomId)) return;
    const invitations = new Map(this.#invitations);
    if (room) invitations.set(roomId, room);
    else invitations.delete(roomId);
    this.#invitations = invitations;
    this.invitations.changed();
  }

  async #whenEntered(roomId: string, { signal }: CallOptions): Promise<Room> {
    const find = (): LiveRoom | undefined => this.#entered.get(roomId);
    const room = await brought(this.#context, { roomId, find, changes: this.#list, signal });
    await this.#context.directory.load(room.shownUserIds, signal);
    return room;
  }

  #sorted(): readonly LiveRoom[] {
    return [...this.#entered.values()].sort(
      (a, b) => b.lastActiveMs - a.lastActiveMs || (a.id < b.id ? -1 : 1),
    );
  }

  #toInfo(room: v1.Room): RoomInfo {
    return this.#views.info(fromSnapshot(room, this.#context.meId, null));
  }
}
