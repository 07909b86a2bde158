import type { Look } from "./screen/look.ts";

/** Where the server is, and who one is there: what every command of the terminal client needs. */
export interface AccountOptions {
  /** `host:port` */
  readonly address: string;
  /** Come in under this name, without an account. */
  readonly guest?: string | undefined;
  /** The handle of an account. Its password is in the environment, or asked for. */
  readonly user?: string | undefined;
  /** Whether to speak TLS, or whom to trust beside the system (PEM). Default: unless the server is on this machine. */
  readonly tls?: boolean | { readonly ca: string } | undefined;
}

/** `confab chat` */
export interface ChatOptions extends AccountOptions {
  /** The room to begin with: a title or an id. Default: the one with the newest message. */
  readonly room?: string | undefined;
  readonly look: Look;
  /** How many messages a room begins with. */
  readonly historyLength: number;
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
  /** How many messages that are there already to begin with. */
  readonly historyLength: number;
}

/** What a command talks to: this process's own streams, or a test's. */
export interface Console {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}
