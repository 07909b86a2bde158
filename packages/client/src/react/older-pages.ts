import { asConfabError, type ConfabError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

/** Loads a room's older messages for a component, and keeps the error of the last page. */
export class OlderPages {
  readonly error: Source<ConfabError | null>;
  readonly #room: RoomToShow;
  #error: ConfabError | null = null;

  constructor(room: RoomToShow) {
    this.#room = room;
    this.error = new Source(() => this.#error);
  }

  /** A function, not a method, because it is passed on as an event handler. */
  readonly load = (): void => {
    this.#room?.loadOlder().then(
      () => this.#ended(null),
      (error: unknown) => this.#ended(asConfabError(error)),
    );
  };

  #ended(error: ConfabError | null): void {
    this.#error = error;
    this.error.changed();
  }
}
