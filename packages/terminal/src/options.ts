import type { Look } from "./screen/look.ts";

/** The server's address and the user's account, for every command of the terminal client. */
export interface AccountOptions {
  /** `host:port` */
  readonly address: string;
  /** Sign in as a guest with this name, without an account. */
  readonly guest?: string | undefined;
  /** The handle of an account. Its password comes from the environment, or the user is asked. */
  readonly user?: string | undefined;
  /**
   * Use TLS, or the PEM file of an authority to trust besides the system's. Default: TLS, unless the server is on this
   * machine.
   */
  readonly tls?: boolean | { readonly ca: string } | undefined;
}

/** `confab chat` */
export interface ChatOptions extends AccountOptions {
  /** The first room to show: a title or an id. Default: the one with the newest message. */
  readonly room?: string | undefined;
  readonly look: Look;
  /** Number of messages loaded when a room opens. */
  readonly historyLength: number;
  /** True: the bell and the window's title tell of mentions and direct messages. */
  readonly hasAlerts: boolean;
  /** True: the mouse wheel scrolls the messages. */
  readonly hasMouse: boolean;
}

/** `confab send` */
export interface SendOptions extends AccountOptions {
  readonly room: string;
  readonly text: string;
}

/** `confab tail` */
export interface TailOptions extends AccountOptions {
  readonly room: string;
  readonly isJson: boolean;
  /** Number of earlier messages to print first. */
  readonly historyLength: number;
}

/** Input, output and environment of a command: the process's own, or a test's. */
export interface Console {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}
