import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultsFolder } from "./paths.ts";

const IN_MEMORY = new Set(["tmpfs", "ramfs"]);
/** Position in a line of `/proc/diskstats`: the number of cache flushes that the disk was asked for. */
const FLUSHES_FIELD = 18;

/**
 * A new empty folder on a real disk, where a sync has its real cost. It is removed when disposed of, or when the bench
 * ends.
 */
export interface DataFolder extends Disposable {
  readonly path: string;
  /** The file system's type, or "unknown". */
  readonly fileSystem: string;
  readonly isInMemory: boolean;
}

/**
 * Prefers the results' own folder. Uses the system's temporary folder only if that one is on a disk and this one is
 * not.
 */
export function makeDataFolder(): DataFolder {
  const parents = [join(resultsFolder, ".tmp"), tmpdir()];
  for (const parent of parents) mkdirSync(parent, { recursive: true });
  const onDisk = parents.find((parent) => !IN_MEMORY.has(fileSystemOf(parent)));
  const parent = onDisk ?? join(resultsFolder, ".tmp");
  const path = mkdtempSync(join(parent, "confab-bench-"));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    path,
    fileSystem: fileSystemOf(parent),
    isInMemory: onDisk === undefined,
    [Symbol.dispose]() {
      process.off("exit", remove);
      remove();
    },
  };
}

/** Counts the flushes, by any program, of the disk that holds this folder since it started; null if unknown. */
export function readFlushes(folder: string): number | null {
  try {
    const { dev } = statSync(folder);
    // Linux packs a device's major and minor numbers like this: makedev(3).
    const major = (dev >>> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
    const disk = readFileSync("/proc/diskstats", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/ +/))
      .find((fields) => fields[0] === String(major) && fields[1] === String(minor));
    const flushes = Number(disk?.[FLUSHES_FIELD]);
    return Number.isNaN(flushes) ? null : flushes;
  } catch {
    return null;
  }
}

function fileSystemOf(folder: string): string {
  try {
    const path = realpathSync(folder);
    const mounts = readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([, point = "-"]) => path === point || path.startsWith(point === "/" ? "/" : `${point}/`))
      .sort(([, a = ""], [, b = ""]) => a.length - b.length);
    return mounts.at(-1)?.[2] ?? "unknown";
  } catch {
    return "unknown";
  }
}
