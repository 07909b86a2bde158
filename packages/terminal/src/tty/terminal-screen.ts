import { Store } from "../app/observable.ts";
import type { Background } from "../rows/palette.ts";
import { alignedOutput } from "./aligned-output.ts";
import { backgroundFrom, guessedBackground } from "./background.ts";
import { BELL, entering, leaving, type TerminalWishes, titleOf } from "./modes.ts";
import { terminalInput } from "./terminal-input.ts";

interface TerminalScreenOptions extends TerminalWishes {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The terminal's guess at its colours, from the environment. */
  readonly colors: string | undefined;
}

/** The user's terminal beyond keys and text: its background, the mouse wheel, the bell and the title. */
export class TerminalScreen {
  /** The streams to draw with: only keys come in, and all that goes out is aligned. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly hasColor: boolean;
  readonly background: Store<{ readonly value: Background }>;
  readonly #options: TerminalScreenOptions;
  readonly #wheelListeners = new Set<(direction: -1 | 1) => void>();
  #titled = 0;

  constructor(options: TerminalScreenOptions) {
    this.#options = options;
    this.hasColor = options.hasColor;
    this.background = new Store({ value: guessedBackground(options.colors) });
    this.stdout = alignedOutput(options.stdout);
    this.stdin = terminalInput(options.stdin, {
      onWheel: (direction) => {
        for (const listener of this.#wheelListeners) listener(direction);
      },
      onBackground: (answer) => {
        const value = backgroundFrom(answer);
        if (value !== "unknown") this.background.patch({ value });
      },
    });
  }

  /** Prepares the terminal. Called when the screen has been opened. */
  enter(): void {
    this.#options.stdout.write(entering(this.#options));
  }

  /** Leaves the terminal as it was. */
  leave(): void {
    this.#options.stdout.write(leaving(this.#options));
  }

  /** Listens to the mouse wheel. Returns the function that stops this. */
  onWheel(listener: (direction: -1 | 1) => void): () => void {
    this.#wheelListeners.add(listener);
    return () => this.#wheelListeners.delete(listener);
  }

  /** Rings for a new message to the user. */
  ring(): void {
    if (this.#options.hasAlerts) this.#options.stdout.write(BELL);
  }

  /** Shows the number of unread messages to the user in the window's title. */
  showCount(count: number): void {
    if (!this.#options.hasAlerts || count === this.#titled) return;
    this.#titled = count;
    this.#options.stdout.write(titleOf(count));
  }
}
