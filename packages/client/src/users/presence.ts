import { Source } from "../observable.ts";

/** Who is there, as the server tells of those with whom one shares a room. */
export class Presence {
  /** Their ids. */
  readonly online: Source<ReadonlySet<string>>;
  readonly #online: Set<string>;

  constructor(meId: string) {
    this.#online = new Set([meId]);
    this.online = new Source(() => new Set(this.#online));
  }

  set(userId: string, isOnline: boolean): void {
    if (this.#online.has(userId) === isOnline) return;
    if (isOnline) this.#online.add(userId);
    else this.#online.delete(userId);
    this.online.changed();
  }
}
