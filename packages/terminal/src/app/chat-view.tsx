import type { Room } from "@confab/client";
import {
  ChatProvider,
  useConnection,
  useInvitations,
  useMarkRead,
  useMessages,
  useObservable,
  useOnline,
  useRoom,
  useRoomInfo,
  useRooms,
  useTyping,
  useUnsent,
} from "@confab/client/react";
import { useCursor, useWindowSize } from "ink";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import type { Palette } from "../rows/palette.ts";
import { chatScreen, type Screen } from "../screen/chat-screen.ts";
import type { OpenRoom } from "../screen/chat-screen-input.ts";
import type { Look } from "../screen/look.ts";
import type { TerminalScreen } from "../tty/terminal-screen.ts";
import type { ChatContext } from "./chat-context.ts";
import { Idle } from "./idle.ts";
import { useKeyboard } from "./keyboard.tsx";
import { paste, pressKey, turnWheel } from "./keys.ts";
import { endNotices } from "./notice-end.ts";
import { leaveMissingRoom } from "./open-room.ts";
import { sayRemoval } from "./removal-notice.ts";
import { RowsView } from "./rows-view.tsx";
import { useAlerts } from "./use-alerts.ts";
import { useNow } from "./use-now.ts";

/** Older messages are loaded when the view comes this close to the first loaded one. */
const LOAD_OLDER_WITHIN = 30;
const TICK_MS = 500;

export interface ChatViewProps {
  readonly terminal: TerminalScreen;
  readonly context: ChatContext;
  readonly look: Look;
  readonly address: string;
  /** null for no colours. */
  readonly palette: Palette | null;
}

/** The chat screen: draws the state of the SDK and its own, and passes keys on. */
export function ChatView(props: ChatViewProps): ReactNode {
  return (
    <ChatProvider chat={props.context.chat}>
      <ConnectedChatView {...props} />
    </ChatProvider>
  );
}

function ConnectedChatView({ context, look, address, palette, terminal }: ChatViewProps): ReactNode {
  const ui = useObservable(context.ui);
  const room = useRoom(ui.roomId);
  const rooms = useRooms();
  useAlerts(context.chat, rooms, terminal);
  const open = useOpenRoom(room, context.historyLength);
  const connection = useConnection();
  const screen = chatScreen({
    ui,
    look,
    address,
    connection,
    room: open,
    me: context.chat.me,
    size: useWindowSize(),
    now: useNow(connection.status === "reconnecting", TICK_MS),
    unsent: useUnsent(),
    rooms,
    invitations: useInvitations(),
  });

  useEffect(() => leaveMissingRoom(context));
  const [removal] = useObservable(context.chat.rooms.removals);
  useEffect(() => {
    if (removal) sayRemoval(context, removal);
  }, [context, removal]);
  useEffect(() => endNotices(context.ui, context.chat.connection), [context]);
  const idle = useIdle(context);
  useLoadOlder(open, screen, ui.anchor === "end");
  useMarkRead(room, screen.isAtEnd && screen.panel === null);
  useKeyboard({
    onKey: (input, key) => {
      idle.current?.touch();
      return pressKey(context, screen, input, key);
    },
    onPaste: (text) => paste(context, text),
    onWheel: (direction) => turnWheel(context, screen, direction),
  });
  const { setCursorPosition } = useCursor();
  setCursorPosition({ x: screen.cursor.column, y: screen.cursor.row });
  return <RowsView rows={screen.rows} palette={palette} />;
}

/** Follows the keys, to tell others that the user is away. */
function useIdle({ chat, ui }: ChatContext): RefObject<Idle | null> {
  const idle = useRef<Idle | null>(null);
  useEffect(() => {
    const isAway = (): boolean => ui.get().isAway;
    const opened = new Idle((activity) => chat.setActivity(activity), isAway);
    idle.current = opened;
    return () => opened[Symbol.dispose]();
  }, [chat, ui]);
  return idle;
}

function useOpenRoom(
  room: Room | undefined,
  initialCount: number,
): (OpenRoom & { loadOlder(): void }) | null {
  const info = useRoomInfo(room);
  const { loadOlder, ...timeline } = useMessages(room, { initialCount });
  const typing = useTyping(room);
  const online = useOnline(room);
  return info && { info, timeline, typing, online, loadOlder };
}

/** Loads the previous page when the view comes near the first loaded message. */
function useLoadOlder(
  room: (OpenRoom & { loadOlder(): void }) | null,
  { messages, firstVisible }: Screen,
  isAtNewest: boolean,
): void {
  const timeline = room?.timeline;
  const isNear = messages !== null && firstVisible < LOAD_OLDER_WITHIN && !isAtNewest;
  const mayLoad = isNear && timeline?.hasOlder === true && !timeline.isLoadingOlder;
  const loadOlder = room?.loadOlder;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a failed page is requested again with the next row
  useEffect(() => {
    if (mayLoad) loadOlder?.();
  }, [loadOlder, mayLoad, firstVisible]);
}
