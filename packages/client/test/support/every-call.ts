import type { Chat, Relationships, Room, Rooms, Users } from "@confab/client";
import { v1 } from "@confab/protocol";

/** The names of the methods that answer with a promise. */
type Calls<T> = {
  [Name in keyof T]: T[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof T];

/** The arguments for the calls. */
export interface Input {
  /** For titles, texts, reasons, queries and names. */
  readonly text: string;
  /** For ids and handles. */
  readonly name: string;
  readonly names: readonly string[];
  readonly seq: number;
}

type Call<T> = (on: T, input: Input) => Promise<unknown>;
/** A call for each of the methods: a new method does not compile without one. */
type Table<T, But extends keyof T = never> = { readonly [Name in Exclude<Calls<T>, But>]: Call<T> };

/** Calls that end the room or the chat come last. */
const room: Table<Room> = {
  message: (on, { seq }) => on.message(seq),
  loadOlder: (on) => on.loadOlder(),
  goTo: (on) => on.goTo(1),
  list: (on, { seq }) => on.list({ afterSeq: seq, threadRootSeq: seq }),
  checkAccess: (on, { name }) => on.checkAccess("post", { userId: name }),
  send: (on, { text }) => on.send(text, { clientMessageId: crypto.randomUUID() }),
  retry: (on, { name }) => on.retry(name),
  edit: (on, { seq, text }) => on.edit(seq, text),
  delete: (on, { seq, text }) => on.delete(seq, { reason: text }),
  react: (on, { seq, name }) => on.react(seq, name),
  unreact: (on, { seq, name }) => on.unreact(seq, name),
  reactions: (on, { seq }) => on.reactions(seq),
  removeReactions: (on, { seq, name, text }) => on.removeReactions(seq, name, { reason: text }),
  pin: (on, { seq }) => on.pin(seq),
  unpin: (on, { seq }) => on.unpin(seq),
  markRead: (on, { seq }) => on.markRead(seq),
  members: (on) => on.members(),
  invite: (on, { names }) => on.invite(names),
  remove: (on, { name, text }) => on.remove(name, { reason: text }),
  updateMember: (on, { name, text }) => on.updateMember(name, { role: "guest", reason: text }),
  update: (on, { text }) => on.update({ title: text, topic: text, labels: { [text]: text } }),
  leave: (on) => on.leave(),
  deleteRoom: (on) => on.deleteRoom(),
};

const rooms: Table<Rooms> = {
  open: (on, { text }) => on.open(text),
  create: (on, { text, names }) => on.create({ title: text, topic: text, members: names }),
  openDirect: (on, { names }) => on.openDirect(names),
  browse: (on, { text }) => on.browse({ query: text, pageToken: text }),
  join: (on, { name }) => on.join(name),
  decline: (on, { name }) => on.decline(name),
};

const users: Table<Users> = {
  get: (on, { name }) => on.get(name),
  byHandle: (on, { name }) => on.byHandle(name),
  search: (on, { text }) => on.search(text),
};

const relationships: Table<Relationships> = {
  block: (on, { name }) => on.block(name),
  unblock: (on, { name }) => on.unblock(name),
  mute: (on, { name }) => on.mute(name),
  unmute: (on, { name }) => on.unmute(name),
};

/** Ending all sessions is as signing out. */
const sessions: Table<Chat["sessions"], "endAll"> = {
  list: (on) => on.list(),
  end: (on, { name }) => on.end(name),
};

/** `close` asks nobody. */
const chat: Table<Chat, "close" | typeof Symbol.asyncDispose> = {
  updateProfile: (on, { text }) => on.updateProfile({ displayName: text, about: text }),
  changePassword: (on, { text }) => on.changePassword({ currentPassword: text, newPassword: text }),
  allowDirectMessages: (on) => on.allowDirectMessages("everyone"),
  search: (on, { text, names }) => on.search(text, { roomIds: names, senderId: text, pageToken: text }),
  call: (on, { text }) => on.call(v1.UserService.method.listUsers, { query: text }),
  signOut: (on) => on.signOut(),
};

/** A call that can be made. */
export interface NamedCall {
  readonly name: string;
  readonly make: (input: Input) => Promise<unknown>;
}

/** Returns every call of a chat and of one of its rooms, those that end them last. */
export function everyCall(on: Chat, roomId: string): readonly NamedCall[] {
  const there = on.rooms.get(roomId);
  if (!there) throw new Error(`no room ${roomId}`);
  const { leave, deleteRoom, ...inRoom } = callsOf("room", room, there);
  const { signOut, ...inChat } = callsOf("chat", chat, on);
  return [
    inRoom,
    callsOf("rooms", rooms, on.rooms),
    callsOf("users", users, on.users),
    callsOf("relationships", relationships, on.relationships),
    callsOf("sessions", sessions, on.sessions),
    inChat,
    { leave, deleteRoom, signOut },
  ].flatMap((calls) => Object.values(calls));
}

function callsOf<Name extends string, T>(
  of: string,
  table: Readonly<Record<Name, Call<T>>>,
  on: T,
): Record<Name, NamedCall> {
  const entries = Object.entries<Call<T>>(table).map(([name, call]): [string, NamedCall] => [
    name,
    { name: `${of}.${name}`, make: async (input) => call(on, input) },
  ]);
  return Object.fromEntries(entries) as Record<Name, NamedCall>;
}
