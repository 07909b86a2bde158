import type { User } from "@confab/client/core";
import { panePath } from "../details/pane.ts";
import { sayError } from "../notices/notices.ts";
import { searchPath } from "../search/search-route.ts";
import { signOut } from "../session/session.ts";
import { chooseTheme } from "../theme/theme.ts";
import type { Target } from "./match.ts";

/** A target with what choosing it does. */
export interface Choice extends Target {
  readonly kind: "room" | "person" | "command";
  readonly run: () => void;
}

interface CommandContext {
  readonly me: User;
  readonly openRoomId: string | undefined;
  readonly navigate: (path: string) => void;
}

/** The commands of the page; those about the open room first. */
export function pageCommands({ me, openRoomId, navigate }: CommandContext): readonly Choice[] {
  const to = (label: string, hint: string, path: string): Choice => ({
    key: `command ${label}`,
    kind: "command",
    label,
    hint,
    run: () => navigate(path),
  });
  const ofRoom =
    openRoomId === undefined
      ? []
      : [
          to("Details of this room", "members, roles, rules", panePath(openRoomId, { kind: "details" })),
          to("Pinned messages of this room", "", panePath(openRoomId, { kind: "pins" })),
          to(
            "Search in this room",
            "find messages",
            searchPath({ query: "", roomId: openRoomId, senderId: "" }),
          ),
        ];
  return [
    ...ofRoom,
    to("Search messages", "find in all rooms", searchPath({ query: "", roomId: "", senderId: "" })),
    to("Settings", "profile, password, devices, notifications", "/settings"),

    ...(me.role === "admin" ? [to("Administration", "users, rooms, audit, keys", "/admin")] : []),
    ...(["light", "dark", "system"] as const).map(
      (theme): Choice => ({
        key: `theme ${theme}`,
        kind: "command",
        label:
          theme === "system" ? "Colours as the system" : `${theme === "light" ? "Light" : "Dark"} colours`,
        hint: "theme",
        run: () => chooseTheme(theme),
      }),
    ),
    ...(me.kind === "guest"
      ? []
      : [
          {
            key: "sign out",
            kind: "command",
            label: "Sign out",
            hint: "of this device",
            run: () => void signOut().catch(sayError),
          } as const,
        ]),
  ];
}
