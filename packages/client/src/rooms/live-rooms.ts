import { v1 } from "@confab/protocol";
import type { FrameHandler } from "../connection/stream.ts";
import { Code, type ConfabError, NotFoundError, UnavailableError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import { orAborted } from "../waiting.ts";
import type { RoomContext } from "./context.ts";
import { create, findPublic, join, onlyOne, openDirect, titleKey } from "./entering.ts";
import { LiveRoom } from "./live-room.ts";
import type { Room } from "./room.ts";
import { RoomCore } from "./room-core.ts";
import type { RoomInfo } from "./room-info.ts";
import type { NewRoom, RoomPage, Rooms } from "./rooms.ts";
import { fromSnapshot } from "./state.ts";
import { Views } from "./view.ts";

const { listRooms, removeMember } = v1.RoomService.method;

interface Entered {
  readonly core: RoomCore;
  readonly room: Room;
}

/** The rooms that one is in, as the stream tells of them. */
export class LiveRooms implements Rooms, FrameHandler {
  readonly invitations: Source<readonly RoomInfo[]>;
  readonly subscribe: Rooms["subscribe"];
  readonly get: Rooms["get"];
  readonly #context: RoomContext;
  readonly #views: Views;
  readonly #entered = new Map<string, Entered>();
  readonly #list: Source<readonly Room[]>;
  #invitations: ReadonlyMap<string, v1.Room> = new Map();
  /** Those that the stream has not told of again: they may have ended while there was none. */
  #unconfirmed = new Set<string>();
  #isReady = false;

  constructor(context: RoomContext) {
    this.#context = context;
    this.#views = new Views(context.directory);
    this.#list = new Source(() => this.#sorted());
    this.subscribe = this.#list.subscribe;
    this.get = get;
    this.invitations = new Source(() => [...this.#invitations.values()].map((room) => this.#toInfo(room)));
    context.directory.names.subscribe(() => this.#namesChanged());
    context.presence.online.subscribe(() => this.#presenceChanged());

    const list = this.#list;
    const entered = this.#entered;
    // Not a method: an observable's `get` may be handed on by itself.
    function get(roomId: string): Room | undefined;
    function get(): readonly Room[];
    function get(roomId?: string): readonly Room[] | Room | undefined {
      return roomId === undefined ? list.get() : entered.get(roomId)?.room;
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
    await this.#context.session.call(removeMember, { roomId, userId: this.#context.meId }, options);
  }

  /** A stream begins: it goes on from where one is in each room. */
  onHello(): readonly { roomId: string; revision: bigint }[] {
    this.#isReady = false;
    this.#unconfirmed = new Set(this.#invitations.keys());
    const cores = [...this.#entered.values()].map(({ core }) => core);
    for (const core of cores) core.catchUp();
    return cores.map(({ id, knowledge }) => ({ roomId: id, revision: BigInt(knowledge.state.revision) }));
  }

  onFrame({ frame }: v1.Frame): void {
    switch (frame.case) {
      case "room":
        this.#onRoom(frame.value);
        return;
      case "gap":
        // After any other reason a snapshot, or what is left, follows.
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
    for (const roomId of this.#unconfirmed) this.#setInvitation(roomId, null);
    for (const { core } of this.#entered.values()) core.ready();
  }

  onEnd(error: ConfabError): void {
    for (const { core } of this.#entered.values()) core.end(error);
  }

  #namesChanged(): void {
    for (const { core } of this.#entered.values()) core.namesChanged();
    this.#list.changed();
    this.invitations.changed();
  }

  #presenceChanged(): void {
    for (const { core } of this.#entered.values()) core.online.changed();
  }

  #onRoom(snapshot: v1.Room): void {
    const { id, self } = snapshot;
    this.#setInvitation(id, self?.state === v1.MemberState.INVITED ? snapshot : null);
    if (self?.state !== v1.MemberState.JOINED) return;
    const entered = this.#entered.get(id);
    if (entered) {
      entered.core.reset(snapshot);
      return;
    }
    const core = new RoomCore(this.#context, snapshot, () => this.#list.changed());
    this.#entered.set(id, { core, room: new LiveRoom(core) });
    if (this.#isReady) core.ready();
    this.#list.changed();
  }

  #onEvent(event: v1.Event): void {
    const { change, roomId } = event;
    if (change.case === "user") this.#context.directory.keep(change.value);
    else if (roomId !== "") this.#entered.get(roomId)?.core.apply(event);
    else if (change.case === "activity") {
      const { userId, activity } = change.value;
      this.#context.presence.set(userId, activity !== v1.Activity.OFFLINE);
    }
  }

  #forget(roomId: string): void {
    this.#setInvitation(roomId, null);
    const entered = this.#entered.get(roomId);
    if (!entered) return;
    this.#entered.delete(roomId);
    entered.core.leave();
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

  /** Waits for the stream to bring a room that one has just entered. @throws UnavailableError when it doesn't */
  async #whenEntered(roomId: string, { signal }: CallOptions): Promise<Room> {
    const { promise, resolve, reject } = Promise.withResolvers<Room>();
    const look = (): void => {
      const room = this.get(roomId);
      if (room) resolve(room);
    };
    const timer = setTimeout(() => {
      const message = `the room "${roomId}" was entered, but the connection has not brought it`;
      reject(new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message }));
    }, this.#context.requestTimeoutMs);
    const unsubscribe = this.#list.subscribe(look);
    look();
    const { closed } = this.#context;
    try {
      return await orAborted(promise, signal ? AbortSignal.any([signal, closed]) : closed);
    } finally {
      clearTimeout(timer);
      unsubscribe();
    }
  }

  #sorted(): readonly Room[] {
    const rooms = [...this.#entered.values()].map(({ core, room }) => {
      const { window, room: record } = core.knowledge.state;
      return { room, id: core.id, at: (window.at(-1) ?? record).createTime.getTime() };
    });
    rooms.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
    return rooms.map(({ room }) => room);
  }

  #toInfo(room: v1.Room): RoomInfo {
    return this.#views.info(fromSnapshot(room, this.#context.meId, null), []);
  }
}
