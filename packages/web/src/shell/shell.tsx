import { useChat, useRooms } from "@confab/client/react";
import { MessagesSquare } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { useLocation, useRoute, useSearch } from "wouter";
import { Conversation } from "../conversation/conversation.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { PageSpinner } from "../design/spinner.tsx";
import { paneOf } from "../details/pane.ts";
import { sayError } from "../notices/notices.ts";
import { useNotifications } from "../notifications/use-notifications.ts";
import { RemovalNotices } from "../rooms/removal-notices.tsx";
import { RoomList } from "../rooms/room-list.tsx";
import { QuickSwitcher } from "../switcher/quick-switcher.tsx";
import { useDocumentTitle } from "./document-title.ts";
import { roomPath, seqOf } from "./routes.ts";
import { useIdle } from "./use-idle.ts";
import { useMedia } from "./use-media.ts";
import "./shell.css";

const SidePane = lazy(async () => ({ default: (await import("../details/side-pane.tsx")).SidePane }));
const SearchPage = lazy(async () => ({ default: (await import("../search/search-page.tsx")).SearchPage }));
const SettingsPage = lazy(async () => ({
  default: (await import("../settings/settings-page.tsx")).SettingsPage,
}));

const AdminPage = lazy(async () => ({ default: (await import("../admin/admin-page.tsx")).AdminPage }));

/** New people who are in no room start here: it is the room of the simple contract. */
const LOBBY = "lobby";

/** The signed-in page: the rooms and the open conversation side by side, or one of them on a phone. */
export function Shell({ isNew }: { readonly isNew: boolean }): ReactNode {
  const [, params] = useRoute("/r/:roomId/:seq?");
  const roomId = params?.roomId;
  const pane = paneOf(useSearch());
  const [path] = useLocation();
  const isPhone = useMedia("(max-width: 699px)");
  useDocumentTitle(roomId);
  useNotifications(roomId);
  useIdle();
  useFirstRoom(isNew);
  return (
    <div className="shell" data-pane={path === "/" ? "rooms" : "conversation"}>
      {/* On a phone the rooms are all that this address shows. */}
      <div className="shell-side" role={isPhone && path === "/" ? "main" : undefined}>
        <nav className="shell-rooms" aria-label="Rooms">
          <RoomList openRoomId={roomId} />
        </nav>
      </div>
      <main className="shell-main">
        {roomId === undefined ? (
          <Suspense fallback={<PageSpinner label="Loading…" />}>
            <OtherPage path={path} />
          </Suspense>
        ) : (
          <Conversation key={roomId} roomId={roomId} targetSeq={seqOf(params?.seq)} />
        )}
      </main>
      {roomId !== undefined && pane && (
        <Suspense>
          <SidePane roomId={roomId} pane={pane} />
        </Suspense>
      )}
      <RemovalNotices />
      <QuickSwitcher />
    </div>
  );
}

function OtherPage({ path }: { readonly path: string }): ReactNode {
  if (/^\/admin(?:\/|$)/.test(path)) return <AdminPage path={path} />;
  switch (path) {
    case "/search":
      return <SearchPage />;
    case "/settings":
      return <SettingsPage />;
    default:
      return <NoRoom />;
  }
}

function NoRoom(): ReactNode {
  const hasRooms = useRooms().length > 0;
  return (
    <EmptyState icon={MessagesSquare} title={hasRooms ? "Choose a room" : "You are in no room yet"}>
      {hasRooms
        ? "Your rooms and direct messages are on the left."
        : "Join a public room, make one of your own, or write to somebody, with the buttons above the list of rooms."}
    </EmptyState>
  );
}

/** Takes people who have just come in, and are in no room, to the lobby, if the server has one. */
function useFirstRoom(isNew: boolean): void {
  const chat = useChat();
  const [, navigate] = useLocation();
  useEffect(() => {
    if (!isNew || chat.rooms.get().length > 0) return;
    chat.rooms.open(LOBBY).then(
      (room) => navigate(roomPath(room.id), { replace: true }),
      (error: unknown) => sayError(error),
    );
  }, [chat, isNew, navigate]);
}
