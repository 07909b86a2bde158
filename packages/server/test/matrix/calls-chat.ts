import { v1 } from "@confab/protocol";
import { type Calls, keeps, spends, withRoom } from "./call.ts";
import { ask, openLive } from "./stage.ts";

const roomRpc = v1.RoomService.method;
const chatRpc = v1.ChatService.method;

/** Far enough ahead for a mute to last. */
const HOUR_S = 3_600n;

export const room: Calls = {
  CreateRoom: keeps((on) => ask(on, roomRpc.createRoom, { room: { title: "Made" } })),
  OpenDirectRoom: keeps((on) => ask(on, roomRpc.openDirectRoom, { userIds: [on.account.id] })),
  GetRoom: withRoom(keeps((on) => ask(on, roomRpc.getRoom, { roomId: on.account.roomId }))),
  ListRooms: keeps((on) => ask(on, roomRpc.listRooms, {})),
  "ListRooms (directory)": keeps((on) => ask(on, roomRpc.listRooms, { directory: true })),
  UpdateRoom: withRoom(
    keeps((on) =>
      ask(on, roomRpc.updateRoom, {
        room: { id: on.account.roomId, topic: "changed" },
        updateMask: { paths: ["topic"] },
      }),
    ),
  ),
  DeleteRoom: withRoom(spends((on) => ask(on, roomRpc.deleteRoom, { roomId: on.account.roomId }))),
  AddMembers: withRoom(
    spends((on) => ask(on, roomRpc.addMembers, { roomId: on.account.roomId, userIds: ["me"] })),
  ),
  ListMembers: withRoom(keeps((on) => ask(on, roomRpc.listMembers, { roomId: on.account.roomId }))),
  UpdateMember: withRoom(
    keeps((on) => {
      const { roomId, memberId: userId } = on.account;
      const mutedUntilTime = { seconds: BigInt(Math.floor(Date.now() / 1_000)) + HOUR_S, nanos: 0 };
      return ask(on, roomRpc.updateMember, {
        member: { roomId, userId, mutedUntilTime },
        updateMask: { paths: ["muted_until_time"] },
      });
    }),
  ),
  RemoveMember: withRoom(
    spends((on) => {
      const { roomId, memberId: userId } = on.account;
      return ask(on, roomRpc.removeMember, { roomId, userId });
    }),
  ),
  CheckAccess: withRoom(
    keeps((on) => {
      const { roomId, memberId: userId } = on.account;
      return ask(on, roomRpc.checkAccess, { roomId, userId, permission: v1.Permission.POST });
    }),
  ),
};

export const chat: Calls = {
  Connect: keeps((on) => openLive(on, "connect")),
  Subscribe: keeps((on) => openLive(on, "subscribe")),
  SendMessage: withRoom(
    keeps((on) => ask(on, chatRpc.sendMessage, { roomId: on.account.roomId, text: "from the matrix" })),
  ),
  GetMessage: withRoom(keeps((on) => ask(on, chatRpc.getMessage, { roomId: on.account.roomId, seq: 1n }))),
  ListMessages: withRoom(keeps((on) => ask(on, chatRpc.listMessages, { roomId: on.account.roomId }))),
  UpdateMessage: withRoom(
    keeps((on) =>
      ask(on, chatRpc.updateMessage, {
        message: { roomId: on.account.roomId, seq: 1n, pinned: true },
        updateMask: { paths: ["pinned"] },
      }),
    ),
  ),
  DeleteMessage: withRoom(
    spends((on) => ask(on, chatRpc.deleteMessage, { roomId: on.account.roomId, seq: 1n })),
  ),
  SetReaction: withRoom(
    keeps((on) => ask(on, chatRpc.setReaction, { roomId: on.account.roomId, seq: 1n, emoji: "👍" })),
  ),
  RemoveReactions: withRoom(
    keeps((on) => ask(on, chatRpc.removeReactions, { roomId: on.account.roomId, seq: 1n, emoji: "👍" })),
  ),
  ListReactions: withRoom(
    keeps((on) => ask(on, chatRpc.listReactions, { roomId: on.account.roomId, seq: 1n })),
  ),
  UpdateReadCursor: withRoom(
    keeps((on) => ask(on, chatRpc.updateReadCursor, { roomId: on.account.roomId, readSeq: 1n })),
  ),
  "SignalActivity (typing)": withRoom(
    keeps((on) => {
      const { roomId } = on.account;
      return ask(on, chatRpc.signalActivity, { roomId, activity: v1.Activity.TYPING });
    }),
  ),
  "SignalActivity (online)": keeps((on) => ask(on, chatRpc.signalActivity, { activity: v1.Activity.ONLINE })),
  SearchMessages: keeps((on) => ask(on, chatRpc.searchMessages, { query: "hello" })),
  "SearchMessages (in a room)": withRoom(
    keeps((on) => ask(on, chatRpc.searchMessages, { query: "hello", roomIds: [on.account.roomId] })),
  ),
};
