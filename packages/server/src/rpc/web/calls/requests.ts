import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ChatError } from "../../../domain/errors.ts";
import { PREFIX_BYTES } from "../../../live/responses.ts";
import type { BoundMethod } from "../../binding.ts";
import { type Bodies, tooLarge } from "./bodies.ts";
import { type Exchange, queryOf } from "./exchange.ts";

const COMPRESSED_FLAG = 0x01;
const BASE64 = /^[\w+/-]*={0,2}$/;

/** Reads the bytes of a call's one request from its body or, with GET, from its address. @throws ChatError; CLIENT_GONE */
export async function readRequestBytes(
  exchange: Exchange,
  { first: { maxBytes } }: BoundMethod,
  bodies: Bodies,
): Promise<Buffer> {
  const { request, format } = exchange;
  if (format.protocol !== "connect") return readEnveloped(exchange, bodies, maxBytes);
  checkVersion(request.headers["connect-protocol-version"]);
  if (request.method === "GET") return readQuery(queryOf(request), maxBytes, format.isJson ? "{}" : "");
  const encoding = request.headers["content-encoding"];
  return decompress(await readBody(exchange, bodies, maxBytes), encoding, maxBytes);
}

async function readBody(exchange: Exchange, bodies: Bodies, maxBytes: number): Promise<Buffer> {
  try {
    return await bodies.read(exchange.request, maxBytes);
  } catch (error) {
    exchange.abandonRequest();
    throw error;
  }
}

/** @throws ChatError REQUEST_MALFORMED, REQUEST_COUNT, COMPRESSION_UNKNOWN, REQUEST_TOO_LARGE */
async function readEnveloped(exchange: Exchange, bodies: Bodies, maxBytes: number): Promise<Buffer> {
  const { request, format } = exchange;
  checkVersion(request.headers["connect-protocol-version"]);
  const maxBodyBytes = PREFIX_BYTES + maxBytes;
  const body = await readBody(
    exchange,
    bodies,
    format.isText ? Math.ceil(maxBodyBytes / 3) * 4 : maxBodyBytes,
  );
  const bytes = format.isText ? decodeBase64(body.toString("latin1")) : body;
  if (bytes.length === 0) throw notOne("no request");
  if (bytes.length < PREFIX_BYTES) throw malformed("its envelope is cut off");
  const end = PREFIX_BYTES + bytes.readUInt32BE(1);
  if (bytes[0] === COMPRESSED_FLAG) throw compressionUnknown("a compressed envelope");
  if (bytes[0] !== 0) throw malformed(`its envelope has the unknown flags ${bytes[0]}`);
  if (bytes.length < end) throw malformed("its envelope is cut off");
  if (bytes.length > end) throw notOne("more than one request");
  return bytes.subarray(PREFIX_BYTES);
}

/** Reads the request of a GET, or `empty` if it has none: https://connectrpc.com/docs/protocol/#unary-get-request */
function readQuery(query: URLSearchParams, maxBytes: number, empty: string): Promise<Buffer> {
  const version = query.get("connect");
  if (version !== null && version !== "v1") throw versionUnknown("connect", version);
  const message = query.get("message") ?? empty;
  const bytes = query.get("base64") === "1" ? decodeBase64(message) : Buffer.from(message);
  return decompress(bytes, query.get("compression") ?? undefined, maxBytes);
}

function checkVersion(version: string | string[] | undefined): void {
  if (version !== undefined && version !== "1")
    throw versionUnknown("connect-protocol-version", String(version));
}

const unzip = promisify(gunzip);

async function decompress(bytes: Buffer, encoding = "identity", maxBytes: number): Promise<Buffer> {
  if (encoding === "identity" || encoding === "") return bytes;
  if (encoding !== "gzip") throw compressionUnknown(`the encoding ${JSON.stringify(encoding.slice(0, 32))}`);
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw isTooLong(error) ? tooLarge(maxBytes) : malformed("it is not gzip");
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function decodeBase64(text: string): Buffer {
  if (!BASE64.test(text)) throw malformed("it is not base64");
  return Buffer.from(text, "base64");
}

function malformed(problem: string): ChatError {
  return new ChatError("REQUEST_MALFORMED", `the request is malformed: ${problem}`);
}

function notOne(found: string): ChatError {
  return new ChatError("REQUEST_COUNT", `the call has ${found}, and must have one`);
}

function versionUnknown(field: string, version: string): ChatError {
  const message = `this server speaks version 1 of the Connect protocol, and not ${JSON.stringify(version.slice(0, 32))}`;
  return new ChatError("FIELD_INVALID", message, { field });
}

function compressionUnknown(found: string): ChatError {
  return new ChatError(
    "COMPRESSION_UNKNOWN",
    `the request has ${found}: send gzip in unary calls of Connect, and otherwise nothing compressed`,
  );
}
