import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { WebRequest, WebResponse } from "./listener.ts";
import { PAGE_POLICY } from "./security-headers.ts";
import { send } from "./send.ts";

const INDEX = "/index.html";
/** The build gives each file in here a name that changes with its content. */
const ASSETS = "/assets/";
const YEAR_S = 365 * 24 * 60 * 60;

/** The encodings that the build may lay beside a file, the best first. */
const ENCODINGS = [
  { name: "br", extension: ".br" },
  { name: "gzip", extension: ".gz" },
] as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** The page that a browser shows, with its files. */
export interface Page {
  /** Returns false if there is no such file. Every path outside of the assets that is no file shows the page. */
  answer(request: WebRequest, response: WebResponse, path: string): boolean;
}

interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  /** The best first; the last is the file as it is. */
  readonly variants: readonly Variant[];
}

interface Variant {
  /** Null for the file as it is. */
  readonly encoding: string | null;
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * Reads the built page into memory, so that no request can reach another file. ETags come from the content: in a package
 * from npm all files have the same time.
 *
 * @throws Error when the folder has no index.html
 */
export function openPage(folder: string): Page {
  const bodies = readBodies(folder);
  const paths = [...bodies.keys()].filter(
    (path) => !ENCODINGS.some(({ extension }) => path.endsWith(extension)),
  );
  const files = new Map(paths.map((path) => [path, makeFile(bodies, path)]));
  const index = files.get(INDEX);
  if (!index) throw new Error(`${folder} has no index.html`);
  return {
    answer(request, response, path) {
      const file = files.get(path) ?? (path.startsWith(ASSETS) ? undefined : index);
      if (!file) return false;
      sendFile(file, request, response);
      return true;
    },
  };
}

/** Returns the content of each file by its path in a URL. */
function readBodies(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [`/${relative(folder, file).split(sep).join("/")}`, readFileSync(file)];
    }),
  );
}

function makeFile(bodies: ReadonlyMap<string, Buffer>, path: string): PageFile {
  const variants = [...ENCODINGS, { name: null, extension: "" }].flatMap(({ name: encoding, extension }) => {
    const body = bodies.get(path + extension);
    return body ? [{ encoding, body, etag: etagOf(body) }] : [];
  });
  return {
    headers: {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "content-security-policy": PAGE_POLICY,
      "cache-control": path.startsWith(ASSETS) ? `public, max-age=${YEAR_S}, immutable` : "no-cache",
      vary: "accept-encoding",
    },
    variants,
  };
}

function etagOf(body: Buffer): string {
  return `"${createHash("sha256").update(body).digest("base64url")}"`;
}

function sendFile({ headers, variants }: PageFile, request: WebRequest, response: WebResponse): void {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  const variant = variants.find(({ encoding }) => encoding === null || accepts(accepted, encoding));
  if (!variant) throw new Error("a file of the page has no content");
  const { encoding, body, etag } = variant;
  if (hasTag(request.headers["if-none-match"], etag)) {
    send(request, response, { code: 304, headers: { ...headers, etag } });
    return;
  }
  const sizes = {
    "content-length": String(body.length),
    ...(encoding !== null && { "content-encoding": encoding }),
  };
  send(request, response, { code: 200, headers: { ...headers, ...sizes, etag }, body });
}

/** Returns true if the header names the encoding and does not refuse it with `q=0` (RFC 9110, section 12.5.3). */
function accepts(acceptEncoding: string, encoding: string): boolean {
  return acceptEncoding.split(",").some((part) => {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Proxies that compress on the way make a tag weak (RFC 9110, section 13.1.2). */
function hasTag(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag) ?? false;
}
