import type { BusEvent } from "../../bus/port.ts";
import type { AccountAsk } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Presence as PresenceNow } from "../../domain/live/changes.ts";
import type { PresenceStore } from "../../store/port/presence.ts";
import type { LiveSessions } from "../sessions/live-sessions.ts";
import { People, type PeopleOptions, type PresenceSession } from "./people.ts";
import type { PresenceSignal } from "./person.ts";
import { Typing } from "./typing.ts";

/** Something that people say of themselves. */
export type Activity = "typing" | "online" | "away";

/** As much as one user may know of whether another is there. */
export interface Sighting {
  readonly presence: PresenceNow;
  /** Null while they are there, and of those who never were. */
  readonly lastSeenAtMs: number | null;
}

/** Tells the people who share a room with a user that they are there, or typing. It is never stored as a change. */
export interface Presence extends AsyncDisposable {
  /** Opens a stream of a session, which is open until the result is disposed of. */
  opened(session: PresenceSession, hidesPresence: boolean): Disposable;
  /** Yields what is known of everyone in these rooms who is there, without those whom the viewer may not see. */
  presentIn(viewerId: UserId, roomIds: readonly RoomId[]): Iterator<PresenceSignal>;
  /**
   * Tells a room that the caller is typing, or everyone who shares a room with them that they are online or away
   * (`roomId` empty). That is said for the caller's session, which is neither without an open stream.
   *
   * @throws ChatError FIELD_REQUIRED, FIELD_INVALID, ROOM_NOT_FOUND, or why the caller may not post in the room
   */
  signalActivity(ask: AccountAsk, signal: { roomId: RoomId | ""; activity: Activity }): Promise<void>;
  /**
   * Takes note of a change of a room: its members learn that a user who enters is there, and a user who has sent
   * something may signal typing again at once.
   */
  changed(event: BusEvent): void;
  /** A user has blocked another, or takes it back. */
  blockChanged(userId: UserId, otherId: UserId): void;
  /**
   * Gives what the caller may know of members of a room: where both have joined it, nothing of who hides it, and
   * nothing of anyone while the caller does.
   */
  seenBy(
    ask: AccountAsk,
    members: { readonly roomId: RoomId; readonly userIds: readonly UserId[] },
  ): Promise<ReadonlyMap<UserId, Sighting>>;
  /** Tells and remembers what is due by now: called every second. */
  settle(): Promise<void>;
}

interface PresenceOptions extends PeopleOptions {
  readonly store: PeopleOptions["store"] & Pick<PresenceStore, "readLastSeen" | "checkTyping">;
  readonly live: LiveSessions;
}

export function createPresence(options: PresenceOptions): Presence {
  const { store, live, publish, clock } = options;
  const people = new People(options);
  const typing = new Typing(store, publish);
  const subscription = live.onUserChanged((userId) => people.userChanged(userId));

  return {
    opened: (session, hidesPresence) => people.opened(session, hidesPresence),
    presentIn: (viewerId, roomIds) => people.presentIn(viewerId, roomIds),

    async signalActivity(ask, { roomId, activity }) {
      if (activity === "typing") return typing.signal(ask, roomId);
      if (roomId !== "") {
        const message = `${activity} is said of oneself, not of a room: leave room_id empty`;
        throw new ChatError("FIELD_INVALID", message, { field: "room_id" });
      }
      const { account, sessionId } = ask.caller;
      return people.want({ userId: account.id, sessionId }, activity, ask.nowMs);
    },

    changed(event) {
      if (!("change" in event)) return;
      const { roomId, actorId, change } = event.change;
      if (change.kind === "message") typing.sent(actorId, roomId);
      // A change of who is in the room already looks the same: telling what is known is no harm.
      if (change.kind !== "member") return;
      const { userId, state } = change.member;
      if (state === "joined") people.joined(userId, roomId);
      else people.left(userId, roomId);
    },

    blockChanged: (userId, otherId) => people.blockChanged(userId, otherId),

    async seenBy({ caller: { account }, nowMs }, members) {
      if (account.hidesPresence) return new Map();
      const known = await store.readLastSeen({ viewerId: account.id, ...members, nowMs });
      return new Map(
        known.map(({ userId, lastSeenAtMs }) => {
          const presence = people.presenceOf(userId);
          return [userId, { presence, lastSeenAtMs: presence === "offline" ? lastSeenAtMs : null }];
        }),
      );
    },

    settle() {
      typing.settle(clock());
      return people.settle();
    },

    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]();
      await people[Symbol.asyncDispose]();
    },
  };
}
