import { asConfabError, type ConfabError } from "../errors.ts";
import { Source } from "../observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

/** Loads a room's older messages for a component, and keeps why the last page did not come. */
export class OlderPages {
  readonly error: Source<ConfabError | null>;
  readonly #room: RoomToShow;
  #error: ConfabError | null = null;

  constructor(room: RoomToShow) {
    this.#room = room;
    this.error = new Source(() => this.#error);
  }

  /** Not a method: it is handed on by itself, as what a button does. */
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
