import { once } from "node:events";
import { PassThrough } from "node:stream";
import { create, toBinary } from "@bufbuild/protobuf";
import { rpc } from "@confab/protocol";
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import type { Channel } from "./client.ts";

export const webProtocols = ["connect", "grpc-web"] as const;
export type WebProtocol = (typeof webProtocols)[number];

/** The flags of the envelope that ends a stream. */
const END_FLAG = { connect: 0x02, "grpc-web": 0x80 };
const PREFIX_BYTES = 5;

/** The codes of Connect, in the order of their numbers. */
const CODES = [
  "ok canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied",
  "resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss",
  "unauthenticated",
].flatMap((names) => names.split(" "));

/** Makes the calls of a `TestClient` on the web port. Bidirectional calls go over gRPC, as they must. */
export class WebChannel implements Channel {
  readonly #baseUrl: string;
  readonly #protocol: WebProtocol;
  readonly #grpc: Client;

  constructor(server: { readonly address: string; readonly webPort: number }, protocol: WebProtocol) {
    this.#baseUrl = `http://127.0.0.1:${server.webPort}`;
    this.#protocol = protocol;
    this.#grpc = new Client(server.address, credentials.createInsecure());
  }

  makeUnaryRequest: Channel["makeUnaryRequest"] = (path, serialize, deserialize, request, ...rest) => {
    const [metadata, { deadline }, callback] = rest;
    const call = { path, metadata, deadline };
    this.#unary(call, serialize(request)).then(
      (bytes) => callback(null, deserialize(bytes)),
      (error: ServiceError) => callback(error),
    );
  };

  makeServerStreamRequest: Channel["makeServerStreamRequest"] = <I, O>(
    path: string,
    serialize: (value: I) => Buffer,
    deserialize: (bytes: Buffer) => O,
    request: I,
    metadata: Metadata,
    { deadline }: { deadline?: Date | number },
  ) => {
    const cancelled = new AbortController();
    const stream = new PassThrough({ objectMode: true });
    const body = toEnvelope(serialize(request));
    const pump = async (): Promise<void> => {
      const response = await this.#fetch({ path, metadata, deadline }, body, cancelled.signal);
      stream.emit("metadata", new Metadata());
      for await (const message of this.#messages(response)) {
        if (!stream.write(deserialize(message))) await once(stream, "drain", { signal: cancelled.signal });
      }
      stream.end();
    };
    pump().catch((error: unknown) => {
      stream.destroy(
        cancelled.signal.aborted ? toServiceError(status.CANCELLED, "cancelled") : (error as Error),
      );
    });
    const cancel = (): void => cancelled.abort();
    return Object.assign(stream, { cancel }) as unknown as ClientReadableStream<O>;
  };

  makeBidiStreamRequest: Channel["makeBidiStreamRequest"] = (path, serialize, deserialize, ...rest) =>
    this.#grpc.makeBidiStreamRequest(path, serialize, deserialize, ...rest);

  close(): void {
    this.#grpc.close();
  }

  async #unary(call: WebCall, message: Buffer): Promise<Buffer> {
    if (this.#protocol === "grpc-web") {
      const messages: Buffer[] = [];
      const response = await this.#fetch(call, toEnvelope(message));
      for await (const answer of this.#messages(response)) messages.push(answer);
      const [answer] = messages;
      if (!answer || messages.length > 1) throw new Error(`${messages.length} answers to a unary call`);
      return answer;
    }
    const response = await this.#fetch(call, message);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.ok) return bytes;
    throw readConnectError(JSON.parse(bytes.toString()) as ConnectError);
  }

  #fetch({ path, metadata, deadline }: WebCall, body: Buffer, signal?: AbortSignal): Promise<Response> {
    const isStream = body[0] === 0 && signal !== undefined;
    const connectType = isStream ? "application/connect+proto" : "application/proto";
    const headers: Record<string, string> = {
      "content-type": this.#protocol === "connect" ? connectType : "application/grpc-web+proto",
    };
    for (const [name, value] of Object.entries(metadata.getMap())) headers[name] = String(value);
    if (deadline !== undefined) {
      const timeoutMs = String(Math.max(0, Math.ceil(Number(deadline) - Date.now())));
      if (this.#protocol === "connect") headers["connect-timeout-ms"] = timeoutMs;
      else headers["grpc-timeout"] = `${timeoutMs}m`;
    }
    const sent = fetch(this.#baseUrl + path, { method: "POST", headers, body, ...(signal && { signal }) });
    return sent.catch((cause: unknown) => {
      throw toServiceError(status.UNAVAILABLE, String(cause));
    });
  }

  /** Reads envelopes until the one that ends the stream. @throws ServiceError, that of the stream */
  async *#messages({ body }: Response): AsyncGenerator<Buffer> {
    let rest = Buffer.alloc(0);
    for await (const piece of body ?? []) {
      rest = Buffer.concat([rest, piece]);
      while (rest.length >= PREFIX_BYTES) {
        const end = PREFIX_BYTES + rest.readUInt32BE(1);
        if (rest.length < end) break;
        const message = rest.subarray(PREFIX_BYTES, end);
        const flag = rest[0];
        rest = rest.subarray(end);
        if (flag === 0) yield message;
        else {
          if (flag !== END_FLAG[this.#protocol]) throw new Error(`the unknown flag ${flag}`);
          const failed = flag === END_FLAG.connect ? readEnd(message) : readTrailers(message);
          if (failed) throw failed;
          return;
        }
      }
    }
    throw toServiceError(status.UNAVAILABLE, "the stream has been cut off");
  }
}

interface WebCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly deadline: Date | number | undefined;
}

interface ConnectError {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly type: string; readonly value: string }[];
}

function toEnvelope(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function readEnd(message: Buffer): ServiceError | null {
  const { error } = JSON.parse(message.toString()) as { error?: ConnectError };
  return error ? readConnectError(error) : null;
}

function readConnectError({ code, message, details = [] }: ConnectError): ServiceError {
  const packed = details.map(({ type, value }) => ({
    typeUrl: `type.googleapis.com/${type}`,
    value: Buffer.from(value, "base64"),
  }));
  const number = CODES.indexOf(code);
  const rich = create(rpc.StatusSchema, { code: number, message, details: packed });
  return toServiceError(number, message, Buffer.from(toBinary(rpc.StatusSchema, rich)));
}

function readTrailers(message: Buffer): ServiceError | null {
  const trailers = new Headers();
  for (const line of message.toString().split("\r\n").filter(Boolean)) {
    const colon = line.indexOf(":");
    trailers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const code = Number(trailers.get("grpc-status"));
  if (code === 0) return null;
  const details = Buffer.from(trailers.get("grpc-status-details-bin") ?? "", "base64");
  return toServiceError(code, decodeURIComponent(trailers.get("grpc-message") ?? ""), details);
}

function toServiceError(code: number, details: string, rich?: Buffer): ServiceError {
  const metadata = new Metadata();
  if (rich) metadata.set("grpc-status-details-bin", rich);
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
}
