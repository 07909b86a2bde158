/** The reason why a command failed, printed as `confab: message (REASON)`. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The server's reason; null when the command itself found the problem. */
  readonly reason: string | null;

  constructor(message: string, options: { reason?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = options.reason ?? null;
  }
}
