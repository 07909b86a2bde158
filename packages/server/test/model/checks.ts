import { create, toBinary } from "@bufbuild/protobuf";
import { enumNames, v1 } from "@confab/protocol";
import { type Device, readAll } from "./device.ts";
import { type MessageModel, NOTHING_READABLE, type RoomModel, type Who } from "./room-model.ts";
import { type Stage, USERS } from "./stage.ts";

const { getRoom, listRooms } = v1.RoomService.method;

/** Waits until every client that reads has what it should have by now. Gives what did not come. */
export async function settle({ devices, rooms }: Stage): Promise<readonly string[]> {
  const problems = await Promise.all(
    devices
      .filter(({ reads }) => reads)
      .map(async (device) => {
        for (const room of rooms) {
          if (await device.becomes(() => hasAll(device, room))) continue;
          const revision = device.replica(room.id)?.revision;
          const [has, should] = [revision ?? "nothing", shouldHave(device, room)];
          return [`${device.name} has ${has} of ${room.name}, and should have ${should}; ${device.history}`];
        }
        await device.catchUp();
        return [];
      }),
  );
  return problems.flat();
}

function shouldHave({ who }: Device, room: RoomModel): string {
  const state = room.stateOf(who);
  return state === "joined"
    ? `revision ${room.lastTold(who)}`
    : state === "invited"
      ? "a snapshot"
      : "nothing";
}

function hasAll(device: Device, room: RoomModel): boolean {
  const replica = device.replica(room.id);
  const state = room.stateOf(device.who);
  if (!device.isReady) return false;
  if (state === "joined")
    return replica !== undefined && Number(replica.revision) >= room.lastTold(device.who);
  return state === "invited" ? replica !== undefined : replica === undefined;
}

/** Lists the differences from the model, once everything has settled: on the server and at every client. */
export async function findDifferences(stage: Stage): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const room of stage.rooms) {
    for (let who = 0; who < USERS; who++) problems.push(...(await compareUser(stage, room, who)));
  }
  for (const device of stage.devices) problems.push(...device.problems, ...findLeaks(stage, device));
  return problems;
}

/** Lists where a user's unread counts differ from the model: in their list of rooms, and in each room by itself. */
export async function compareCounts({ client, rooms, user }: Stage, who: Who): Promise<readonly string[]> {
  const problems: string[] = [];
  const listed = new Map<string, v1.Room>();
  for (const room of (await client.unary(listRooms, {}, user(who))).rooms) listed.set(room.id, room);
  for (const room of rooms.filter((one) => one.stateOf(who) === "joined")) {
    const { unread, mentions } = room.unreadOf(who);
    const { room: asked } = await client.unary(getRoom, { roomId: room.id }, user(who));
    for (const view of [asked, listed.get(room.id)]) {
      const counts = `${view?.self?.unreadCount} unread, ${view?.self?.mentionCount} mentions`;
      const right = `${unread} unread, ${mentions} mentions`;
      if (counts !== right) problems.push(`${room.name}, user ${who}: ${counts}, and should be ${right}`);
    }
  }
  return problems;
}

async function compareUser(stage: Stage, room: RoomModel, who: Who): Promise<readonly string[]> {
  const problems: string[] = [];
  const expect = (what: string, is: unknown, shouldBe: unknown): void => {
    const [one, other] = [String(is), String(shouldBe)];
    if (one !== other) problems.push(`${room.name}, user ${who}: ${what} is ${one} and should be ${other}`);
  };
  const { client } = stage;
  const user = stage.user(who);
  if (room.stateOf(who) !== "joined") {
    const isRead = await readAll(client, user, room.id).then(
      () => true,
      () => false,
    );
    expect("whether it may be read", isRead, false);
    return problems;
  }
  const { room: view } = await client.unary(getRoom, { roomId: room.id }, user);
  const { unread, mentions } = room.unreadOf(who);
  expect("the revision", view?.revision, room.revision);
  expect("last_seq", view?.lastSeq, room.lastSeq);
  expect("first_seq", view?.firstSeq, room.firstSeq);
  expect("unread_count", view?.self?.unreadCount, unread);
  expect("mention_count", view?.self?.mentionCount, mentions);
  const floor = room.floorOf(who);
  const mayRead = floor !== NOTHING_READABLE;
  const listed = await readAll(client, user, room.id).catch(() => null);
  expect("whether it may be read", listed !== null, mayRead);
  const expected = [...room.messages.values()].filter(({ seq }) => seq >= floor).reverse();
  const messages = listed?.messages ?? [];
  expect(
    "the listed seqs",
    messages.map(({ seq }) => seq),
    expected.map(({ seq }) => seq),
  );
  for (const [index, message] of expected.entries()) {
    expect(`message ${message.seq}`, describeListed(messages[index]), describeModel(stage, message));
  }
  for (const device of stage.devices.filter((one) => one.who === who)) {
    problems.push(...compareReplica(device, room, { view, messages, stage }));
  }
  return problems;
}

interface Seen {
  readonly view: v1.Room | undefined;
  readonly messages: readonly v1.Message[];
  readonly stage: Stage;
}

/** Compares what a client has made of its frames with what the server answers. */
function compareReplica(device: Device, room: RoomModel, { view, messages, stage }: Seen): readonly string[] {
  const replica = device.replica(room.id);
  if (!replica) return [`${device.name} has lost ${room.name}`];
  const problems: string[] = [];
  if (Number(replica.revision) > room.revision) {
    problems.push(
      `${device.name} has revision ${replica.revision} of ${room.name}, which has ${room.revision}`,
    );
  }
  for (const message of messages) {
    const known = replica.messages.get(message.seq);
    if (known && bytesOf(known) === bytesOf(message)) continue;
    const has = known ? describeListed(known) : "nothing";
    problems.push(
      `${device.name}, ${room.name}: message ${message.seq} is ${describeListed(message)}, there ${has}`,
    );
  }
  if (view && describeRoom(replica.room) !== describeRoom(view)) {
    problems.push(
      `${device.name}, ${room.name}: is ${describeRoom(view)}, there ${describeRoom(replica.room)}`,
    );
  }
  const since = Number(device.snapshotOf(room.id)?.revision ?? 0n);
  for (const [who, member] of room.members) {
    if (member.revision <= since) continue;
    const known = replica.members.get(stage.user(who).id);
    const state = known ? states.toName(known.state) : "unknown";
    if (state !== member.state) {
      problems.push(`${device.name}, ${room.name}: user ${who} is ${member.state}, there ${state}`);
    }
  }
  return problems;
}

const states = enumNames(v1.MemberState);

/** Lists what a client received although its user could not read it at any moment until then. */
function findLeaks({ rooms }: Stage, device: Device): readonly string[] {
  const problems: string[] = [];
  const { who, name } = device;
  for (const { roomId, seq, revision, seenAtRevision } of device.deliveries) {
    const room = rooms.find(({ id }) => id === roomId);
    if (!room) problems.push(`${name} was sent something of an unknown room`);
    else if (seq < room.lowestFloor(who, revision, seenAtRevision)) {
      problems.push(`${name} was sent message ${seq} of ${room.name} (revision ${revision}), not readable`);
    }
  }
  for (const { id, revision, lastMessage } of device.snapshots) {
    const room = rooms.find((one) => one.id === id);
    if (!room || !lastMessage) continue;
    if (Number(lastMessage.seq) < room.lowestFloor(who, Number(revision), Number(revision))) {
      problems.push(
        `${name} was sent the last message of ${room.name} at revision ${revision}, not readable`,
      );
    }
  }
  return problems;
}

/** All of a message but for whose own the reactions are, which an event doesn't tell. */
function bytesOf(message: v1.Message): string {
  const reactions = message.reactions.map(({ emoji, count }) =>
    create(v1.ReactionCountSchema, { emoji, count }),
  );
  return Buffer.from(toBinary(v1.MessageSchema, { ...message, reactions })).toString("latin1");
}

function describeRoom({ title, topic, public: isPublic, policy }: v1.Room): string {
  const { historyVisibility, memberPermissions, retention } = policy ?? create(v1.RoomPolicySchema);
  return [title, topic, isPublic, historyVisibility, memberPermissions, retention?.seconds ?? 0n].join("; ");
}

function describeListed(message: v1.Message | undefined): string {
  if (!message) return "not there";
  const { id, clientMessageId, senderId, text, payload, mentionUserIds, pinned, deleted, revision } = message;
  const reactions = message.reactions.map(({ emoji, count }) => `${emoji} ${count}`).sort();
  const marks = [pinned ? "pinned" : "", deleted ? "deleted" : ""];
  return [
    id,
    clientMessageId,
    senderId,
    text,
    payload.length,
    mentionUserIds,
    reactions,
    ...marks,
    revision,
  ].join("; ");
}

function describeModel({ user }: Stage, message: MessageModel): string {
  const { id, clientMessageId, text, pinned, deleted, revision } = message;
  const mentions = message.mentions.map((one) => (one === "all" ? one : user(one).id));
  const reactions = [...message.reactions].flatMap(([emoji, givers]) =>
    givers.size > 0 ? [`${emoji} ${givers.size}`] : [],
  );
  const marks = [pinned ? "pinned" : "", deleted ? "deleted" : ""];
  const size = deleted ? 0 : message.payloadBytes;
  const senderId = user(message.sender).id;
  return [id, clientMessageId, senderId, text, size, mentions, reactions.sort(), ...marks, revision].join(
    "; ",
  );
}
