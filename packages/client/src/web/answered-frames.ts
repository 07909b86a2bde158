import type { v1 } from "@confab/protocol";
import { Notifier } from "../waiting.ts";

type Frames = readonly v1.Frame[];

/** The frames of a stream, with frames that come from elsewhere among them. */
export class AnsweredFrames {
  readonly #frames: AsyncIterator<Frames>;
  readonly #changed = new Notifier();
  #answers: v1.Frame[] = [];
  #read: IteratorResult<Frames> | null = null;
  #end: { readonly error: unknown } | null = null;

  constructor(frames: AsyncIterable<Frames>) {
    this.#frames = frames[Symbol.asyncIterator]();
  }

  /** Adds a frame. After the end it is lost. */
  add(frame: v1.Frame): void {
    this.#answers.push(frame);
    this.#changed.notify();
  }

  /** Ends the frames with an error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#changed.notify();
  }

  /** Yields the frames. It reads from the stream only when the last batch has been taken. */
  async *read(): AsyncGenerator<Frames> {
    this.#readNext();
    for (;;) {
      if (this.#answers.length > 0) {
        yield this.#answers.splice(0);
        continue;
      }
      if (this.#end) throw this.#end.error;
      if (this.#read?.done) return;
      if (this.#read) {
        const frames: Frames = this.#read.value;
        this.#readNext();
        yield frames;
        continue;
      }
      await this.#changed.next;
    }
  }

  #readNext(): void {
    this.#read = null;
    void this.#frames.next().then(
      (read) => {
        this.#read = read;
        this.#changed.notify();
      },
      (error: unknown) => this.fail(error),
    );
  }
}
