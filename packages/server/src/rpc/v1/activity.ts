import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Activity, Presence, Sighting } from "../../app/presence.ts";
import { requireAccount } from "../../app/require.ts";
import { ChatError } from "../../domain/errors.ts";
import type { Handlers } from "../handler.ts";

type SignalHandlers = Pick<Handlers<typeof v1.ChatService>, "signalActivity">;

/** The call that says what one is doing; a live stream takes it as a command. */
export function signalHandlers(presence: Pick<Presence, "signal">): SignalHandlers {
  return {
    async signalActivity({ roomId, activity }, { caller }) {
      await presence.signal(requireAccount(caller), { roomId, activity: parseActivity(activity) });
      return {};
    },
  };
}

/** A member with what may be known of whether they are there; nothing where there is no sighting. */
export function addSighting(member: v1.Member, sighting: Sighting | undefined): v1.Member {
  if (!sighting) return member;
  const { online, lastSeenAtMs } = sighting;
  member.online = online;
  if (lastSeenAtMs !== null) member.lastSeenTime = timestampFromMs(lastSeenAtMs);
  return member;
}

/** Nobody says that they are offline. @throws ChatError FIELD_INVALID */
function parseActivity(activity: v1.Activity): Activity {
  switch (activity) {
    case v1.Activity.TYPING:
      return "typing";
    case v1.Activity.ONLINE:
      return "online";
    case v1.Activity.AWAY:
      return "away";
    default: {
      const message = `activity is ${v1.Activity[activity] ?? activity}: give TYPING, ONLINE or AWAY`;
      throw new ChatError("FIELD_INVALID", message, { field: "activity" });
    }
  }
}
