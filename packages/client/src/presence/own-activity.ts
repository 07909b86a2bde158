import type { Connection } from "../connection/connection.ts";
import { activities } from "../rooms/convert-room.ts";

/** Tells the server if the user is away from this device. */
export class OwnActivity {
  readonly #connection: Pick<Connection, "notify">;
  #activity: "online" | "away" = "online";
  #hasChanged = false;

  constructor(connection: Pick<Connection, "notify">) {
    this.#connection = connection;
  }

  set(activity: "online" | "away"): void {
    if (activity === this.#activity) return;
    this.#activity = activity;
    this.#hasChanged = true;
    this.#say();
  }

  /** Called when a stream is ready: the server may have forgotten it, or know only what was said before the connection broke. */
  ready(): void {
    if (this.#hasChanged) this.#say();
  }

  #say(): void {
    const value = { activity: activities.toNumber(this.#activity) };
    this.#connection.notify({ case: "signalActivity", value });
  }
}
