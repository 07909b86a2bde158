import { NUMBERED_MARK } from "../../load/fan-out.ts";
import type { Step } from "../../load/steps.ts";
import { findProgram, nativeProgram } from "../../native.ts";
import { startServer } from "../../processes.ts";
import { TEXT } from "../../text.ts";
import type { FanOutPeer } from "./peer.ts";

/** The limit: a C program over bare TCP, with one write for each delivery, or one write for everything that waits. */
function limit(mode: "each" | "coalesced", name: string): FanOutPeer {
  return {
    name,
    hasRuntimes: false,
    omits: "store, authorize, any protocol",
    missing: () => (findProgram("gcc") ? null : "there is no gcc to build it with"),
    async start() {
      const program = nativeProgram("limit");
      if (!program) throw new Error("there is no gcc");
      const server = await startServer({ program, args: [mode] });
      const open = (letter: string): readonly Step[] => [
        { send: Buffer.from(letter), wait: Buffer.from("ready\n") },
      ];
      return {
        server,
        protocol: {
          isHttp2: false,
          listeners: [open("L")],
          sender: open("S"),
          message: Buffer.from(`${NUMBERED_MARK} ${TEXT}\n`),
          hasAnswers: false,
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

export const limitOfOneWrite = limit("each", "C, one write each");
export const limitCoalesced = limit("coalesced", "C, coalesced");
