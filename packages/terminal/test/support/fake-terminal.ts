import { PassThrough, Writable } from "node:stream";
import { type ChatOptions, runChat } from "@confab/terminal";
import { VirtualScreen } from "./virtual-screen.ts";
import { waitFor } from "./wait-for.ts";

export interface FakeTerminalOptions extends Partial<ChatOptions> {
  readonly address: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The terminal client in this process, on a screen that is only remembered. Disposing of it ends the client. */
export class FakeTerminal implements AsyncDisposable {
  readonly screen: VirtualScreen;
  /** Everything written to the terminal so far. */
  output = "";
  readonly #keys = new PassThrough();
  readonly #end = new AbortController();
  readonly #done: Promise<unknown>;

  constructor({ columns = 80, rows = 24, env = {}, ...options }: FakeTerminalOptions) {
    this.screen = new VirtualScreen(columns, rows);
    const stdin = Object.assign(this.#keys, {
      isTTY: true,
      setRawMode: () => {},
      ref: () => {},
      unref: () => {},
    });
    const stdout = Object.assign(
      new Writable({
        write: (chunk, _encoding, done) => {
          this.output += String(chunk);
          this.screen.write(String(chunk));
          done();
        },
      }),
      { isTTY: true, columns, rows },
    );
    const chat: ChatOptions = {
      look: { nameWidth: 12, frameWidth: 1_000, padding: 1 },
      historyLength: 50,
      hasAlerts: true,
      hasMouse: true,
      ...options,
    };
    // Only what a terminal client uses of a terminal is there.
    const console = { stdin, stdout, stderr: stdout, env } as unknown as Parameters<typeof runChat>[1];
    this.#done = runChat(chat, console, this.#end.signal).then(
      () => null,
      (error: unknown) => error,
    );
  }

  /** Keys as they come from a keyboard: `\r` is Enter. */
  press(keys: string): void {
    this.#keys.write(keys);
  }

  /** The screen as soon as it shows something. @throws Error with the screen when it doesn't */
  async shows(pattern: RegExp | string): Promise<string> {
    const holds = (text: string): boolean =>
      typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
    return waitFor(() => this.screen.text, holds, `${String(pattern)} on the screen`);
  }

  /** Waits until the screen is another. @throws Error when it stays */
  async changes(from: string): Promise<void> {
    await waitFor(
      () => this.screen.text,
      (text) => text !== from,
      "another screen",
    );
  }

  /** Presses Esc, and waits until it has done something: with a key right behind it, it would be that key with Alt. */
  async pressEscape(): Promise<void> {
    const before = this.screen.text;
    this.press("\u001b");
    await this.changes(before);
  }

  /** Resolves when the client has ended: null, or the error it failed with. */
  ended(): Promise<unknown> {
    return this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#done;
  }
}
