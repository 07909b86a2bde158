import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { PresenceStore } from "../../store/port/presence.ts";
import { isRecent } from "../clock.ts";
import type { Publish } from "../publishing.ts";

/** The least time between two signals about the same thing; what comes faster tells nobody anything new. */
export const LEAST_INTERVAL_MS = 1_000;
/** Someone who says nothing more counts as typing for this long. */
const TYPING_MS = 6_000;

/** Tells rooms who is typing in them. */
export class Typing {
  readonly #store: Pick<PresenceStore, "checkTyping">;
  readonly #publish: Publish;
  /** When each user's typing in a room was told last. */
  readonly #toldAtMs = new Map<string, number>();

  constructor(store: Pick<PresenceStore, "checkTyping">, publish: Publish) {
    this.#store = store;
    this.#publish = publish;
  }

  /** @throws ChatError FIELD_REQUIRED, ROOM_NOT_FOUND, or why the caller may not post in the room */
  async signal(ask: AccountAsk, roomId: RoomId | ""): Promise<void> {
    if (roomId === "") {
      throw new ChatError("FIELD_REQUIRED", "room_id is missing: say where", { field: "room_id" });
    }
    const { nowMs } = ask;
    const { id: userId, hidesPresence } = ask.caller.account;
    const key = `${userId} ${roomId}`;
    // Asked each time: a user who has lost the room learns it at once.
    const allBut = await this.#store.checkTyping({ ...actorNow(ask), roomId });
    if (this.#isTold(key, nowMs)) return;
    this.#toldAtMs.set(key, nowMs);
    if (hidesPresence) return;
    this.#publish({
      signal: { kind: "typing", roomId, userId, audience: { allBut }, expiresAtMs: nowMs + TYPING_MS },
    });
  }

  /** Whoever has sent something may be typing again at once. */
  sent(userId: UserId | "", roomId: RoomId): void {
    if (this.#toldAtMs.size > 0) this.#toldAtMs.delete(`${userId} ${roomId}`);
  }

  /** Forgets what holds nobody up any more. */
  settle(nowMs: number): void {
    for (const key of this.#toldAtMs.keys()) if (!this.#isTold(key, nowMs)) this.#toldAtMs.delete(key);
  }

  #isTold(key: string, nowMs: number): boolean {
    const toldAtMs = this.#toldAtMs.get(key);
    return toldAtMs !== undefined && isRecent(toldAtMs, nowMs, LEAST_INTERVAL_MS);
  }
}
