import { connect } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request of a test's own making, and its whole answer. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** The machine-readable parts of a failed call. */
export interface WebRefusal {
  readonly code: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly field: string | undefined;
}

interface Init {
  readonly method?: string;
  readonly type?: string | undefined;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends requests to a server's web port. */
export class WebPort {
  readonly port: number;

  constructor({ webPort }: { readonly webPort: number }) {
    this.port = webPort;
  }

  async request(
    path: string,
    { method = "POST", type, token, headers, body }: Init = {},
  ): Promise<WebAnswer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: {
        ...(type !== undefined && { "content-type": type }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: bytes };
  }

  /** Posts JSON, as curl does. */
  json(path: string, message: unknown, token?: string): Promise<WebAnswer> {
    return this.request(path, { type: "application/json", token, body: JSON.stringify(message) });
  }

  /** Sends the bytes of a request as they are, and resolves with all that comes before the connection closes. */
  raw(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(this.port, "127.0.0.1", () => socket.write(bytes));
      socket.setEncoding("latin1").on("data", (piece: string) => {
        answer += piece;
      });
      socket.once("close", () => resolve(answer)).once("error", reject);
    });
  }
}

export function envelope(message: string | Buffer, flags = 0): Buffer {
  const bytes = Buffer.from(message);
  const prefix = Buffer.from([flags, 0, 0, 0, 0]);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** Splits the body of a stream into its envelopes. */
export function envelopes(body: Buffer): readonly { readonly flags: number; readonly text: string }[] {
  const found: { flags: number; text: string }[] = [];
  for (let at = 0; at < body.length; ) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    found.push({ flags: body[at] ?? 0, text: body.toString("utf8", at + 5, end) });
    at = end;
  }
  return found;
}

/** Reads the error of a unary call of Connect. */
export function refusalIn({ body }: Pick<WebAnswer, "body">): WebRefusal {
  return toRefusal(JSON.parse(body.toString()) as ConnectError);
}

/** Reads the error that ends a stream of Connect. */
export function refusalAtEnd({ body }: Pick<WebAnswer, "body">): WebRefusal {
  const last = envelopes(body).at(-1);
  if (last?.flags !== 2) throw new Error(`the stream does not end: ${body.toString()}`);
  return toRefusal((JSON.parse(last.text) as { error: ConnectError }).error);
}

interface ConnectError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly {
    readonly type: string;
    readonly debug: { readonly reason?: string; readonly fieldViolations?: readonly { field: string }[] };
  }[];
}

function toRefusal({ code, message, details }: ConnectError): WebRefusal {
  const debugOf = (type: string) => details.find((detail) => detail.type === type)?.debug;
  return {
    code,
    message,
    reason: debugOf("google.rpc.ErrorInfo")?.reason,
    field: debugOf("google.rpc.BadRequest")?.fieldViolations?.[0]?.field,
  };
}

export function unzip({ body }: WebAnswer): string {
  return gunzipSync(body).toString();
}
