import { Source } from "../observable.ts";

/** The activity of a user, as others see it. */
export type Activity = "online" | "away" | "offline";

/** The users who are there. */
export type PresentUsers = ReadonlyMap<string, Exclude<Activity, "offline">>;

/** Follows the activity of the users who share a room with the user. */
export class Presence {
  /** The users who are online or away, by id; all others are offline. */
  readonly present: Source<PresentUsers>;
  readonly #meId: string;
  readonly #present: Map<string, Exclude<Activity, "offline">>;
  /** The users whom the stream has told of since it began; null once it is ready. */
  #told: Set<string> | null = null;

  constructor(meId: string) {
    this.#meId = meId;
    this.#present = new Map([[meId, "online"]]);
    this.present = new Source(() => new Map(this.#present));
  }

  set(userId: string, activity: Activity): void {
    this.#told?.add(userId);
    if ((this.#present.get(userId) ?? "offline") === activity) return;
    if (activity === "offline") this.#present.delete(userId);
    else this.#present.set(userId, activity);
    this.present.changed();
  }

  /** Called when a stream begins: it tells of everyone who is there. */
  begin(): void {
    this.#told = new Set([this.#meId]);
  }

  /** Called when the stream is ready: whoever it has not told of is offline. */
  ready(): void {
    const told = this.#told;
    this.#told = null;
    for (const userId of [...this.#present.keys()])
      if (told && !told.has(userId)) this.set(userId, "offline");
  }
}
