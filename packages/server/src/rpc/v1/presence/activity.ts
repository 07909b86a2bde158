import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { Activity, Presence } from "../../../app/presence/presence.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import type { ChatHandlers } from "../handlers.ts";

export const activities = enumNames(v1.Activity) satisfies EnumNames<Activity | "offline">;

/** The ChatService's call about presence; a live stream takes it as a command, too. */
export function signalHandlers(
  presence: Pick<Presence, "signalActivity">,
): Pick<ChatHandlers, "signalActivity"> {
  return {
    async signalActivity(ask, { roomId, activity }) {
      await presence.signalActivity(ask, { roomId: roomId as RoomId, activity: parseActivity(activity) });
      return {};
    },
  };
}

/** Reads the activity of a signal; nobody signals that they are offline. @throws ChatError FIELD_INVALID */
function parseActivity(activity: v1.Activity): Activity {
  const name = activities.toName(activity);
  if (name !== undefined && name !== "offline") return name;
  const message = `activity is ${v1.Activity[activity] ?? activity}: give TYPING, ONLINE or AWAY`;
  throw new ChatError("FIELD_INVALID", message, { field: "activity" });
}
