import type { v1 } from "@confab/protocol";
import { Code, InvalidArgumentError } from "../errors.ts";
import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { User } from "../users/user.ts";
import { memberStates } from "./convert-room.ts";
import { ChangeQueue, followChanges } from "./follow-changes.ts";
import { type Followed, followMessages } from "./follow-messages.ts";
import { listMembers } from "./members.ts";
import type { Message, Timeline } from "./message.ts";
import type { MemberChanges, MessagesOptions, Room, RoomChanges, SendOptions } from "./room.ts";
import type { RoomCore } from "./room-core.ts";
import type { RoomEvent } from "./room-event.ts";
import type { Member, RoomInfo } from "./room-info.ts";
import { fromSnapshot } from "./state.ts";

/** A room as the application has it in hand. */
export class LiveRoom implements Room {
  readonly #core: RoomCore;

  constructor(core: RoomCore) {
    this.#core = core;
  }

  get id(): string {
    return this.#core.id;
  }

  get info(): Observable<RoomInfo> {
    return this.#core.info;
  }

  get timeline(): Observable<Timeline> {
    return this.#core.timeline;
  }

  get typing(): Observable<readonly User[]> {
    return this.#core.typing;
  }

  get online(): Observable<readonly User[]> {
    return this.#core.online;
  }

  messages({ last, afterSeq, signal }: MessagesOptions = {}): AsyncIterable<Message> {
    const { knowledge, context } = this.#core;
    const { topSeq } = knowledge.state;
    const kept = context.cursors.get(this.id, "messages")?.reached;
    const start = afterSeq ?? (last === undefined ? (kept ?? topSeq) : Math.max(0, topSeq - last));
    return followMessages(this.#followed(), { afterSeq: start, signal });
  }

  changes({ signal }: CallOptions = {}): AsyncIterable<RoomEvent> {
    const { knowledge, context, queues } = this.#core;
    const { revision, topSeq } = knowledge.state;
    const kept = context.cursors.get(this.id, "changes");
    const queue = kept ? new ChangeQueue(kept.reached, kept.topSeq) : new ChangeQueue(revision, topSeq);
    return followChanges(this.#followed(), queue, { signal, queues });
  }

  loadOlder(options: CallOptions = {}): Promise<boolean> {
    return this.#core.history.loadOlder(options);
  }

  async send(text: string, options: SendOptions = {}): Promise<Message> {
    if (text.trim() === "" && !options.payload?.length) throw textEmpty();
    return this.#core.views.message(await this.#core.outgoing.add(text, options));
  }

  async retry(clientMessageId: string): Promise<Message> {
    return this.#core.views.message(await this.#core.outgoing.retry(clientMessageId));
  }

  discard(clientMessageId: string): void {
    this.#core.outgoing.discard(clientMessageId);
  }

  async edit(seq: number, text: string, options: CallOptions = {}): Promise<Message> {
    return this.#core.show(await this.#core.calls.edit(seq, text, options));
  }

  async delete(
    seq: number,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<Message> {
    return this.#core.views.message(await this.#core.calls.delete(seq, reason, options));
  }

  react(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return this.#core.calls.react(seq, { emoji, removed: false }, options);
  }

  unreact(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return this.#core.calls.react(seq, { emoji, removed: true }, options);
  }

  async pin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#core.show(await this.#core.calls.pin(seq, true, options));
  }

  async unpin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#core.show(await this.#core.calls.pin(seq, false, options));
  }

  markRead(seq = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#core.markRead(seq);
  }

  setTyping(): void {
    this.#core.setTyping();
  }

  async members({
    state = "joined",
    ...options
  }: CallOptions & { readonly state?: Member["state"] | undefined } = {}): Promise<readonly Member[]> {
    const { context, views, id } = this.#core;
    const records = await listMembers(context.session, id, { ...options, state: memberStates[state] });
    await context.directory.load(
      records.map(({ userId }) => userId),
      options.signal,
    );
    return records.map((record) => views.member(record));
  }

  async invite(handlesOrIds: readonly string[], options: CallOptions = {}): Promise<readonly Member[]> {
    const records = await this.#core.calls.invite(handlesOrIds, options);
    return records.map((record) => this.#core.views.member(record));
  }

  remove(
    userId: string,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<void> {
    return this.#core.calls.remove(userId, reason, options);
  }

  async updateMember(userId: string, changes: MemberChanges, options: CallOptions = {}): Promise<Member> {
    return this.#core.views.member(await this.#core.calls.updateMember(userId, changes, options));
  }

  async update(changes: RoomChanges, options: CallOptions = {}): Promise<RoomInfo> {
    const room: v1.Room = await this.#core.calls.update(changes, options);
    return this.#core.views.info(fromSnapshot(room, this.#core.context.meId, null), []);
  }

  leave(options: CallOptions = {}): Promise<void> {
    return this.#core.calls.remove(this.#core.context.meId, "", options);
  }

  deleteRoom(options: CallOptions = {}): Promise<void> {
    return this.#core.calls.deleteRoom(options);
  }

  #followed(): Followed {
    const { context, knowledge, history, views, info } = this.#core;
    return { context, knowledge, history, views, info: info.get };
  }
}

function textEmpty(): InvalidArgumentError {
  const message = "the text is blank: a message says something, or has a payload";
  const fieldViolations = [{ field: "text", description: message }];
  return new InvalidArgumentError({
    reason: "TEXT_EMPTY",
    code: Code.INVALID_ARGUMENT,
    message,
    fieldViolations,
  });
}
