import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { Calling } from "../calling.ts";
import { ask, follow } from "../stage.ts";
import { inAnHour, type Scene } from "./scenes.ts";

/** Everything that a call of the room matrix needs: its caller and the room. */
export interface RoomStage extends Calling {
  readonly scene: Scene;
  /** The caller's own message in the room, or message 1. */
  readonly ownSeq: bigint;
}

export interface RoomCall {
  readonly play: (on: RoomStage) => Promise<unknown>;
  /** True if it uses up its object, so that the next call needs another. */
  readonly spends: boolean;
}

type RoomCalls = Readonly<Record<string, RoomCall>>;

/** A command of a live stream that is also a call of its own. */
export type Command = Extract<
  NonNullable<MessageInitShape<typeof v1.ConnectRequestSchema>["command"]>,
  { case: "sendMessage" | "updateReadCursor" | "signalActivity" }
>;

const keeps = (play: RoomCall["play"]): RoomCall => ({ play, spends: false });
const spends = (play: RoomCall["play"]): RoomCall => ({ play, spends: true });

const roomRpc = v1.RoomService.method;
const chatRpc = v1.ChatService.method;

const room: RoomCalls = {
  GetRoom: keeps((on) => ask(on, roomRpc.getRoom, { roomId: on.scene.roomId })),
  "UpdateRoom (labels)": keeps((on) => updateRoom(on, "labels")),
  "UpdateRoom (title)": keeps((on) => updateRoom(on, "title")),
  DeleteRoom: spends((on) => ask(on, roomRpc.deleteRoom, { roomId: on.scene.roomId })),
  "AddMembers (oneself)": spends((on) => add(on, "me")),
  "AddMembers (another)": spends((on) => add(on, on.scene.newcomerId)),
  "AddMembers (a new moderator)": spends((on) => add(on, on.scene.newcomerId, v1.Role.MODERATOR)),
  ListMembers: keeps((on) => ask(on, roomRpc.listMembers, { roomId: on.scene.roomId })),
  "ListMembers (banned)": keeps((on) =>
    ask(on, roomRpc.listMembers, { roomId: on.scene.roomId, state: v1.MemberState.BANNED }),
  ),
  "UpdateMember (mute a member)": spends((on) => mute(on, on.scene.memberId)),
  "UpdateMember (ban a member)": spends((on) =>
    updateMember(on, { userId: on.scene.memberId, state: v1.MemberState.BANNED }, "state"),
  ),
  "UpdateMember (mute a moderator)": spends((on) => mute(on, on.scene.moderatorId)),
  "UpdateMember (make a moderator)": spends((on) =>
    updateMember(on, { userId: on.scene.memberId, role: v1.Role.MODERATOR }, "role"),
  ),
  "UpdateMember (one's own mute)": spends((on) => updateMember(on, { userId: "me" }, "muted_until_time")),
  "UpdateMember (one's own role)": spends((on) =>
    updateMember(on, { userId: "me", role: v1.Role.GUEST }, "role"),
  ),
  "RemoveMember (oneself)": spends((on) => remove(on, "me")),
  "RemoveMember (a member)": spends((on) => remove(on, on.scene.memberId)),
  "RemoveMember (an owner)": spends((on) => remove(on, on.scene.ownerId)),
  "CheckAccess (oneself)": keeps((on) => checkAccess(on, "me")),
  "CheckAccess (another)": keeps((on) => checkAccess(on, on.scene.memberId)),
};

/** The calls that a live stream takes as commands. */
export const commands: Readonly<Record<string, (on: RoomStage) => Command>> = {
  SendMessage: ({ scene: { roomId } }) => ({ case: "sendMessage", value: { roomId, text: "hello" } }),
  "SendMessage (mentioning all)": ({ scene: { roomId } }) => ({
    case: "sendMessage",
    value: { roomId, text: "hello", mentionUserIds: ["all"] },
  }),
  UpdateReadCursor: ({ scene: { roomId } }) => ({ case: "updateReadCursor", value: { roomId, readSeq: 1n } }),
  SignalActivity: ({ scene: { roomId } }) => ({
    case: "signalActivity",
    value: { roomId, activity: v1.Activity.TYPING },
  }),
};

const chat: RoomCalls = {
  Connect: keeps((on) => follow(on, "connect", on.scene.roomId)),
  Subscribe: keeps((on) => follow(on, "subscribe", on.scene.roomId)),
  ...Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, keeps((on) => call(on, command(on)))]),
  ),
  GetMessage: keeps((on) => ask(on, chatRpc.getMessage, { roomId: on.scene.roomId, seq: 1n })),
  "GetMessage (a missing one)": keeps((on) =>
    ask(on, chatRpc.getMessage, { roomId: on.scene.roomId, seq: 1_000_000n }),
  ),
  ListMessages: keeps((on) => ask(on, chatRpc.listMessages, { roomId: on.scene.roomId })),
  "UpdateMessage (one's own)": keeps((on) => updateMessage(on, { seq: on.ownSeq, text: "edited" }, "text")),
  "UpdateMessage (another's)": keeps((on) => updateMessage(on, { seq: 1n, text: "edited" }, "text")),
  "UpdateMessage (pin)": keeps((on) => updateMessage(on, { seq: 1n, pinned: true }, "pinned")),
  "DeleteMessage (one's own)": spends((on) => deleteMessage(on, on.ownSeq)),
  "DeleteMessage (another's)": spends((on) => deleteMessage(on, 1n)),
  SetReaction: keeps((on) => ask(on, chatRpc.setReaction, { roomId: on.scene.roomId, seq: 1n, emoji: "👍" })),
  "RemoveReactions (another's)": keeps((on) => removeReactions(on, on.scene.ownerId)),
  "RemoveReactions (everybody's)": keeps((on) => removeReactions(on, "")),
  ListReactions: keeps((on) => ask(on, chatRpc.listReactions, { roomId: on.scene.roomId, seq: 1n })),
  SearchMessages: keeps((on) =>
    ask(on, chatRpc.searchMessages, { query: "hello", roomIds: [on.scene.roomId] }),
  ),
};

export const roomCalls: Readonly<Record<string, RoomCalls>> = {
  "confab.v1.RoomService": room,
  "confab.v1.ChatService": chat,
};

function updateRoom(on: RoomStage, path: "labels" | "title"): Promise<unknown> {
  const room = { id: on.scene.roomId, title: "Changed", labels: { changed: "yes" } };
  return ask(on, roomRpc.updateRoom, { room, updateMask: { paths: [path] } });
}

function add(on: RoomStage, userId: string, role = v1.Role.UNSPECIFIED): Promise<unknown> {
  return ask(on, roomRpc.addMembers, { roomId: on.scene.roomId, userIds: [userId], role });
}

function mute(on: RoomStage, userId: string): Promise<unknown> {
  return updateMember(on, { userId, mutedUntilTime: inAnHour() }, "muted_until_time");
}

function updateMember(
  on: RoomStage,
  member: { userId: string; role?: v1.Role; state?: v1.MemberState; mutedUntilTime?: { seconds: bigint } },
  path: string,
): Promise<unknown> {
  const request = { member: { roomId: on.scene.roomId, ...member }, updateMask: { paths: [path] } };
  return ask(on, roomRpc.updateMember, request);
}

function remove(on: RoomStage, userId: string): Promise<unknown> {
  return ask(on, roomRpc.removeMember, { roomId: on.scene.roomId, userId });
}

function checkAccess(on: RoomStage, userId: string): Promise<unknown> {
  const { roomId } = on.scene;
  return ask(on, roomRpc.checkAccess, { roomId, userId, permission: v1.Permission.POST });
}

/** The call of its own that does what a command does. */
export function call(on: RoomStage, command: Command): Promise<unknown> {
  switch (command.case) {
    case "sendMessage":
      return ask(on, chatRpc.sendMessage, command.value);
    case "updateReadCursor":
      return ask(on, chatRpc.updateReadCursor, command.value);
    case "signalActivity":
      return ask(on, chatRpc.signalActivity, command.value);
    default:
      return command satisfies never;
  }
}

function updateMessage(
  on: RoomStage,
  message: { seq: bigint; text?: string; pinned?: boolean },
  path: string,
): Promise<unknown> {
  const request = { message: { roomId: on.scene.roomId, ...message }, updateMask: { paths: [path] } };
  return ask(on, chatRpc.updateMessage, request);
}

function removeReactions(on: RoomStage, userId: string): Promise<unknown> {
  return ask(on, chatRpc.removeReactions, { roomId: on.scene.roomId, seq: 1n, emoji: "👍", userId });
}

function deleteMessage(on: RoomStage, seq: bigint): Promise<unknown> {
  return ask(on, chatRpc.deleteMessage, { roomId: on.scene.roomId, seq });
}
