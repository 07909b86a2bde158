export type Wish = "block" | "mute" | "both" | "nothing";

/** The wishes of each user of a run about each other one. Users are numbered by their places. */
export class Relations {
  readonly #wishes = new Map<string, Wish>();

  set(who: number, whom: number, wish: Wish): void {
    this.#wishes.set(`${who} ${whom}`, wish);
  }

  hasBlocked(who: number, whom: number): boolean {
    const wish = this.#wishOf(who, whom);
    return wish === "block" || wish === "both";
  }

  /** True if the messages of one don't count for the other. */
  isSilenced(who: number, whom: number): boolean {
    return this.#wishOf(who, whom) !== "nothing";
  }

  #wishOf(who: number, whom: number): Wish {
    return this.#wishes.get(`${who} ${whom}`) ?? "nothing";
  }
}
