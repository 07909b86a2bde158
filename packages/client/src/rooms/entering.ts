import { v1 } from "@confab/protocol";
import {
  Code,
  ConflictError,
  InvalidArgumentError,
  NotFoundError,
  PermissionError,
  UnavailableError,
} from "../errors.ts";
import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import { randomUuid } from "../uuid.ts";
import { orAborted } from "../waiting.ts";
import type { RoomContext } from "./context.ts";
import { joinRules, roomKinds } from "./convert-room.ts";
import type { RoomInfo } from "./room-info.ts";
import type { NewRoom } from "./rooms.ts";

const { createRoom, openDirectRoom, addMembers, getRoom, listRooms } = v1.RoomService.method;
const ME = "me";
/** The server compares this many characters of a title. */
const MAX_QUERY_CHARACTERS = 64;

/** Returns true if the room has the label, with this value if one is given. */
export function hasLabel({ labels }: Pick<RoomInfo, "labels">, name: string, value?: string): boolean {
  const label = labels[name];
  return label !== undefined && (value === undefined || label === value);
}

/** Normalizes a title for comparison. */
export function titleKey(title: string): string {
  return title.normalize("NFKC").toLowerCase().trim();
}

/** Returns the only item found, or undefined for none. @throws ConflictError `TITLE_AMBIGUOUS` for several */
export function onlyOne<T>(found: readonly T[], title: string): T | undefined {
  if (found.length <= 1) return found[0];
  const message = `${found.length} rooms are called "${title}": give the id of one`;
  throw new ConflictError({ reason: "TITLE_AMBIGUOUS", code: Code.FAILED_PRECONDITION, message });
}

/** Joins a room, or accepts an invitation. @throws PermissionError `APPROVAL_REQUIRED` after knocking */
export async function join({ session }: RoomContext, roomId: string, options: CallOptions): Promise<void> {
  try {
    const { members } = await session.call(addMembers, { roomId, userIds: [ME] }, options);
    if (members[0]?.state !== v1.MemberState.KNOCKING) return;
  } catch (error) {
    if (error instanceof ConflictError && error.reason === "ALREADY_MEMBER") return;
    throw error;
  }
  const message = "you have asked to be let in: someone of the room has to agree";
  throw new PermissionError({ reason: "APPROVAL_REQUIRED", code: Code.PERMISSION_DENIED, message });
}

/** Returns the id of a public room. @throws NotFoundError; ConflictError `TITLE_AMBIGUOUS` */
export async function findPublic(
  { session }: RoomContext,
  idOrTitle: string,
  options: CallOptions,
): Promise<string> {
  const query = [...idOrTitle].slice(0, MAX_QUERY_CHARACTERS).join("");
  const { rooms } = await session.call(listRooms, { directory: true, query }, options);
  const key = titleKey(idOrTitle);
  const found = onlyOne(
    rooms.filter(({ title }) => titleKey(title) === key),
    idOrTitle,
  );
  if (found) return found.id;
  try {
    const { room } = await session.call(getRoom, { roomId: idOrTitle }, options);
    if (room) return room.id;
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof InvalidArgumentError)) throw error;
  }
  const message = `there is no room "${idOrTitle}" that you are in or can find`;
  throw new NotFoundError({ reason: "ROOM_NOT_FOUND", code: Code.NOT_FOUND, message });
}

/** Creates a room and returns its id. A retry after a lost answer creates no second room. @throws ConfabError */
export async function create(
  { session, directory }: RoomContext,
  {
    title,
    topic = "",
    isPublic = false,
    kind = "group",
    joinRule,
    members = [],
    labels = {},
    requestId,
  }: NewRoom,
  options: CallOptions,
): Promise<string> {
  const userIds = await directory.resolve(members, options);
  const policy = joinRule && { joinRule: joinRules.toNumber(joinRule) };
  const request = {
    room: {
      title,
      topic,
      public: isPublic,
      kind: roomKinds.toNumber(kind),
      labels: { ...labels },
      ...(policy && { policy }),
    },
    userIds,
    requestId: requestId ?? randomUuid(),
  };
  const ask = async (): Promise<string> => (await session.call(createRoom, request, options)).room?.id ?? "";
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return ask();
  }
}

/** Opens the direct room of these people and returns its id. @throws ConfabError */
export async function openDirect(
  { session, directory }: RoomContext,
  handlesOrIds: readonly string[],
  options: CallOptions,
): Promise<string> {
  const userIds = await directory.resolve(handlesOrIds, options);
  return (await session.call(openDirectRoom, { userIds }, options)).room?.id ?? "";
}

interface Entered<R> {
  readonly roomId: string;
  readonly find: () => R | undefined;
  readonly changes: Pick<Observable<unknown>, "subscribe">;
  readonly signal: AbortSignal | undefined;
}

/** Waits for the stream to bring a room just entered. @throws UnavailableError after `requestTimeoutMs` */
export async function brought<R>(
  { requestTimeoutMs, closed }: RoomContext,
  { roomId, find, changes, signal }: Entered<R>,
): Promise<R> {
  const { promise, resolve, reject } = Promise.withResolvers<R>();
  const look = (): void => {
    const room = find();
    if (room) resolve(room);
  };
  const timer = setTimeout(() => {
    const message = `the room "${roomId}" was entered, but the connection has not brought it`;
    reject(new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message }));
  }, requestTimeoutMs);
  const unsubscribe = changes.subscribe(look);
  look();
  try {
    return await orAborted(promise, signal ? AbortSignal.any([signal, closed]) : closed);
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}
