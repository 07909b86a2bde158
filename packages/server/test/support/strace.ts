import { readFileSync } from "node:fs";

const CALLS = "pwrite64,pwritev,write,writev,fsync,fdatasync,send,sendto,sendmsg,sendmmsg";
/** Enough to see the whole of a page of the log, and of what one write to a socket carries. */
const MAX_STRING_BYTES = 1024 * 1024;

/**
 * The command that runs a server under strace. With `-D` the tracer stands aside: the child process is the
 * server itself, and signals reach it.
 */
export function straceCommand(traceFile: string): readonly string[] {
  return [
    "strace",
    "-D",
    "-f",
    "-y",
    "-s",
    String(MAX_STRING_BYTES),
    "-e",
    `trace=${CALLS}`,
    "-o",
    traceFile,
  ];
}

/** Runs a server whose file syncs fail with EIO, from the `first`-th one on. */
export function failingSyncs(first: number): readonly string[] {
  return ["strace", "-D", "-f", "-o", "/dev/null", "-e", `inject=fsync,fdatasync:error=EIO:when=${first}+`];
}

/** Runs a server whose disk is full while it does the writes from the `first`-th to the `last`-th to `file`. */
export function fullDisk(file: string, first: number, last: number): readonly string[] {
  const fault = `inject=pwrite64:error=ENOSPC:when=${first}..${last}`;
  return ["strace", "-D", "-f", "-o", "/dev/null", "-P", file, "-e", fault];
}

/** One system call of a trace. `start` and `end` count lines: it began and returned there. */
export interface SystemCall {
  readonly name: string;
  /** Its arguments: files and sockets by name, written data as strace quotes it. */
  readonly args: string;
  readonly start: number;
  readonly end: number;
  readonly result: number;
}

/** Reads what strace wrote, once its server has ended. A call that never returned has `end` Infinity. */
export function readTrace(traceFile: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, SystemCall>();
  for (const [index, line] of readFileSync(traceFile, "latin1").split("\n").entries()) {
    const resumed = /^(\d+) +<\.\.\. \w+ resumed>.*= (-?\d+)[^=]*$/.exec(line);
    const begun = /^(\d+) +(\w+)\((.*)$/.exec(line);
    if (resumed) {
      const [, thread = "", result] = resumed;
      const call = unfinished.get(thread);
      unfinished.delete(thread);
      if (call) calls.push({ ...call, end: index, result: Number(result) });
    } else if (begun) {
      const [, thread = "", name = "", args = ""] = begun;
      if (args.endsWith("<unfinished ...>")) {
        unfinished.set(thread, { name, args, start: index, end: Number.POSITIVE_INFINITY, result: -1 });
      } else {
        const result = Number(/= (-?\d+)[^=]*$/.exec(args)?.[1] ?? -1);
        calls.push({ name, args, start: index, end: index, result });
      }
    }
  }
  return [...calls, ...unfinished.values()].sort((one, other) => one.start - other.start);
}

export function isSyncOf(call: SystemCall, file: string): boolean {
  return /^f(data)?sync$/.test(call.name) && targetOf(call).endsWith(file);
}

export function isWriteTo(call: SystemCall, file: string): boolean {
  return !call.name.endsWith("sync") && targetOf(call).endsWith(file);
}

/** True if it sends something over a connection. */
export function isAnswer(call: SystemCall): boolean {
  return /^(socket|TCP)/.test(targetOf(call));
}

/** The target of the file descriptor: a path, or `socket:[123]`. */
function targetOf({ args }: SystemCall): string {
  return /^\d+<([^>]*)>/.exec(args)?.[1] ?? "";
}
