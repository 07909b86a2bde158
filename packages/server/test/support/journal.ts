/** One send, as its client knows it. The times count the journal's events; they are no clock's. */
interface Entry {
  readonly text: string;
  /** The stream it went out on, which keeps its order; null for a call of its own. */
  readonly stream: string | null;
  readonly sentAt: number;
  acknowledgedAt: number | null;
}

/**
 * The messages that a test's clients sent, with their answers, to compare with the messages that the server has
 * stored. Entries are only ever added. Texts are unique, so a text stands for its message.
 */
export class Journal {
  readonly #entries = new Map<string, Entry>();
  #now = 0;
  #acknowledged = 0;

  get sentCount(): number {
    return this.#entries.size;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged;
  }

  /** Notes that a client is about to send. */
  sent(text: string, stream: string | null): void {
    if (this.#entries.has(text)) throw new Error(`sent twice: ${text}`);
    this.#entries.set(text, { text, stream, sentAt: ++this.#now, acknowledgedAt: null });
  }

  /** Notes that a client was told that the message is stored: by an answer, or by receiving it. */
  acknowledged(text: string): void {
    const entry = this.#entries.get(text);
    if (!entry) throw new Error(`acknowledged but never sent: ${text}`);
    if (entry.acknowledgedAt !== null) return;
    entry.acknowledgedAt = ++this.#now;
    this.#acknowledged++;
  }

  /** Lists the problems of the stored texts, which are in the order of their seq. */
  problemsWith(stored: readonly string[]): string[] {
    return [
      ...this.#strangers(stored),
      ...this.#missing(new Set(stored)),
      ...this.#outOfOrder(stored),
      ...this.#brokenStreams(stored),
    ];
  }

  #strangers(stored: readonly string[]): string[] {
    const seen = new Set<string>();
    return stored.flatMap((text) => {
      if (seen.has(text)) return [`stored twice: ${text}`];
      seen.add(text);
      return this.#entries.has(text) ? [] : [`stored but never sent: ${text}`];
    });
  }

  #missing(stored: ReadonlySet<string>): string[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.acknowledgedAt !== null && !stored.has(entry.text))
      .map((entry) => `acknowledged but not stored: ${entry.text}`);
  }

  /** A message acknowledged before another was sent must come before it. */
  #outOfOrder(stored: readonly string[]): string[] {
    const problems: string[] = [];
    let earliestLaterOn: Entry | null = null;
    for (const text of stored.toReversed()) {
      const entry = this.#entries.get(text);
      if (!entry) continue;
      if (earliestLaterOn?.acknowledgedAt != null && earliestLaterOn.acknowledgedAt < entry.sentAt) {
        problems.push(
          `${entry.text} was sent after ${earliestLaterOn.text} was acknowledged, and is before it`,
        );
      }
      if ((entry.acknowledgedAt ?? Infinity) < (earliestLaterOn?.acknowledgedAt ?? Infinity)) {
        earliestLaterOn = entry;
      }
    }
    return problems;
  }

  /** The stored messages of a stream must be the first ones sent on it, in that order. */
  #brokenStreams(stored: readonly string[]): string[] {
    const sentOn = Map.groupBy(this.#entries.values(), (entry) => entry.stream);
    const storedOf = Map.groupBy(stored, (text) => this.#entries.get(text)?.stream ?? null);
    return [...sentOn].flatMap(([stream, sent]) => {
      if (stream === null) return [];
      const texts = storedOf.get(stream) ?? [];
      const wrong = texts.findIndex((text, index) => text !== sent[index]?.text);
      return wrong === -1 ? [] : [`on ${stream}, ${texts[wrong]} is stored in place of ${sent[wrong]?.text}`];
    });
  }
}
