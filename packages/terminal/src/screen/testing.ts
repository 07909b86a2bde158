import type { Message, RoomInfo, TimelineItem, User } from "@confab/client";
import { initialUi } from "../app/ui-state.ts";
import { plain } from "../rows/row.ts";
import { chatScreen, type Screen } from "./chat-screen.ts";
import type { ChatScreenInput } from "./chat-screen-input.ts";
import { defaultLook } from "./look.ts";

/** A moment in the local time zone, so that screens look the same everywhere. */
export const now = new Date(2026, 2, 10, 12, 30);

export function userNamed(displayName: string, id = `id-${displayName}`): User {
  return {
    id,
    handle: displayName.toLowerCase(),
    displayName,
    about: "",
    avatarUrl: "",
    kind: "human",
    state: "active",
    role: "user",
    labels: {},
    directMessages: "default",
    hidesPresence: false,
    isKnown: true,
  };
}

/** A stored message, sent this many minutes after twelve. */
export function messageFrom(
  name: string,
  text: string,
  seq: number,
  rest: Partial<TimelineItem> = {},
): TimelineItem {
  const sender = userNamed(name);
  const message: Message = {
    roomId: "room",
    seq,
    id: `message-${seq}`,
    clientMessageId: `client-${name}-${seq}`,
    sender,
    senderId: sender.id,
    isFromBlocked: false,
    isMine: name === "Me",
    text,
    replyToSeq: 0,
    threadRootSeq: 0,
    mentionUserIds: [],
    mentionsMe: false,
    reactions: [],
    isPinned: false,
    isDeleted: false,
    isEdited: false,
    createTime: new Date(2026, 2, 10, 12, seq),
    updateTime: new Date(2026, 2, 10, 12, seq),
    revision: seq,
    payload: new Uint8Array(),
    payloadType: "",
  };
  return { ...message, state: "sent", ...rest };
}

export function roomNamed(title: string, rest: Partial<RoomInfo> = {}): RoomInfo {
  return {
    id: title,
    kind: "group",
    title,
    topic: "",
    isPublic: true,
    policy: {
      joinRule: "open",
      historyVisibility: "full",
      slowModeMs: 0,
      retentionMs: 0,
      maxMembers: 0,
      requiredLikes: 0,
    },
    labels: {},
    directUserIds: [],
    memberCount: 1,
    self: null,
    unreadCount: 0,
    mentionCount: 0,
    joinedSeq: 0,
    readSeq: 0,
    lastSeq: 0,
    firstSeq: 1,
    lastMessage: null,
    createTime: now,
    updateTime: now,
    ...rest,
  };
}

/** The input for a chat screen with these messages in the room "general". */
export function inputWith(
  items: readonly TimelineItem[],
  rest: Partial<ChatScreenInput> = {},
): ChatScreenInput {
  const info = roomNamed("general", { lastSeq: items.length, memberCount: 3 });
  return {
    size: { columns: 70, rows: 16 },
    look: defaultLook,
    now,
    me: userNamed("Me"),
    address: "127.0.0.1:50051",
    connection: { status: "online" },
    unsent: 0,
    rooms: [info],
    invitations: [],
    room: { info, timeline: { items, hasOlder: false, isLoadingOlder: false }, typing: [], online: [] },
    ui: { ...initialUi, roomId: "general" },
    ...rest,
  };
}

/** Returns the screen's text without trailing blanks. */
export function textOf({ rows }: Pick<Screen, "rows">): string {
  return rows.map((row) => plain(row).trimEnd()).join("\n");
}

export function screenText(input: ChatScreenInput): string {
  return textOf(chatScreen(input));
}
