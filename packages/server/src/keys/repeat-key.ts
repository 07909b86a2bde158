import { hash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requirePrivate, writePrivate } from "./private-files.ts";

const FILE_NAME = "repeats.key";
const KEY_BYTES = 32;
/** In characters of 6 bits: every message keeps a hash. */
const HASH_LENGTH = 22;

/** Hashes a value with a key that only this server has. */
export type KeyedHash = (...parts: readonly string[]) => string;

/**
 * Opens the key by which repeats of sends are recognised, and makes it when there is none. It is never rotated: with another
 * one, no earlier send would be recognised.
 *
 * @throws Error that names the file when it is damaged, or can be read by others
 */
export async function openRepeatKey(folder: string): Promise<KeyedHash> {
  const path = join(folder, FILE_NAME);
  const key = (await load(path)) ?? (await make(path));
  return hashWith(key.toString("base64url"));
}

/** Takes the key that several processes share: they recognise each other's sends. */
export async function openSharedRepeatKey(
  secret: (name: string, value: string) => Promise<string>,
): Promise<KeyedHash> {
  return hashWith(await secret("repeats", randomBytes(KEY_BYTES).toString("base64url")));
}

function hashWith(prefix: string): KeyedHash {
  // A fifth of the time of an HMAC, which would also keep others from extending a hash: here nobody gains by that.
  return (...parts) => hash("sha256", [prefix, ...parts].join("\n"), "base64url").slice(0, HASH_LENGTH);
}

async function load(path: string): Promise<Buffer | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  await requirePrivate(path);
  const key = Buffer.from(text, "base64url");
  if (key.length !== KEY_BYTES) throw new Error(`the key ${path} is damaged: restore it from a backup`);
  return key;
}

async function make(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  await writePrivate(path, key.toString("base64url"));
  return key;
}
