import { v1 } from "@confab/protocol";
import { Source } from "../observable.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { User } from "../users/user.ts";

/** Somebody counts as typing for this long after their last signal; the server uses the same time. */
const TYPING_MS = 6_000;
/** At most one signal is sent in this time. */
const SIGNAL_EVERY_MS = 3_000;

/** The people who are typing in a room, and the user's own typing signals, which are throttled. */
export class Typing implements Disposable {
  /** Everybody who is typing but the user, in the order in which they began. */
  readonly users: Source<readonly User[]>;
  readonly #context: Pick<RoomContext, "connection" | "directory">;
  readonly #roomId: string;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #signalledAt = Number.NEGATIVE_INFINITY;
  #hasTypedSinceSend = false;

  constructor(context: Pick<RoomContext, "connection" | "directory">, roomId: string) {
    this.#context = context;
    this.#roomId = roomId;
    this.users = new Source(() => [...this.#timers.keys()].map((userId) => context.directory.show(userId)));
  }

  /** Takes a signal from somebody else. */
  began(userId: string): void {
    const timer = this.#timers.get(userId);
    clearTimeout(timer);
    this.#timers.set(
      userId,
      setTimeout(() => this.ended(userId), TYPING_MS),
    );
    if (timer === undefined) this.users.changed();
  }

  /** Removes a user who has sent their message or stopped typing. */
  ended(userId: string): void {
    const timer = this.#timers.get(userId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(userId);
    this.users.changed();
  }

  /** Signals that the user is typing, unless a signal was just sent or there is no connection. */
  signal(): void {
    const { connection } = this.#context;
    if (!connection.isOnline) return;
    this.#hasTypedSinceSend = true;
    const now = performance.now();
    if (now - this.#signalledAt < SIGNAL_EVERY_MS) return;
    this.#signalledAt = now;
    const value = { roomId: this.#roomId, activity: v1.Activity.TYPING };
    connection.notify({ case: "signalActivity", value });
  }

  /** Notes that the user's message is on its way: the next key begins another one. */
  sends(): void {
    this.#hasTypedSinceSend = false;
  }

  /** Notes that the others have the message, which ends the user's typing there: signals again if it goes on. */
  sent(): void {
    if (!this.#context.connection.isOnline) return;
    this.#signalledAt = Number.NEGATIVE_INFINITY;
    if (this.#hasTypedSinceSend) this.signal();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
