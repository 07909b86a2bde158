import { NUMBERED_MARK } from "../../load/fan-out.ts";
import { ownProgram } from "../../paths.ts";
import { startServer } from "../../processes.ts";
import { TEXT } from "../../text.ts";
import { countedBytes, encodeRequest, openCall } from "./http2.ts";
import type { FanOutPeer } from "./peer.ts";

/** Confab's transport without Confab. */
export const grpcJs: FanOutPeer = {
  name: "grpc-js, one write each",
  hasRuntimes: true,
  omits: "store, order, authorize",
  missing: () => null,
  async start({ runtime, runtimeOptions = [] }) {
    const program = ownProgram("peers/fan-out/grpc-js-server");
    const server = await startServer({ runtime, args: [...runtimeOptions, program] });
    const request = Buffer.from(`${NUMBERED_MARK} ${TEXT}`);
    return {
      server,
      protocol: {
        isHttp2: true,
        listeners: [[openCall({ path: "/FanOut/Listen", request: Buffer.alloc(0), isLast: true })]],
        sender: [openCall({ path: "/FanOut/Send" })],
        message: encodeRequest(request),
        messageCountedBytes: countedBytes(request),
        hasAnswers: true,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
