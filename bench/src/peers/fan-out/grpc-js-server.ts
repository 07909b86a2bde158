/** Bare grpc-js: each message goes to each listener in its own write. It stores nothing. */
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
} from "@grpc/grpc-js";

type Listener = ServerWritableStream<Buffer, Buffer>;

const keepBytes = (bytes: Buffer): Buffer => bytes;
const listeners = new Set<Listener>();

// Confab runs without channelz too.
const server = new Server({ "grpc.enable_channelz": 0 });
server.register(
  "/FanOut/Listen",
  (call: Listener) => {
    listeners.add(call);
    call.once("cancelled", () => listeners.delete(call));
    call.sendMetadata(new Metadata());
  },
  keepBytes,
  keepBytes,
  "serverStream",
);
server.register(
  "/FanOut/Send",
  (call: ServerDuplexStream<Buffer, Buffer>) => {
    call.sendMetadata(new Metadata());
    call.on("error", () => {});
    call.on("data", (message: Buffer) => {
      for (const listener of listeners) listener.write(message);
      call.write(Buffer.from(`^${message.toString("latin1", 1, 13)}`));
    });
  },
  keepBytes,
  keepBytes,
  "bidi",
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`grpc-js listening on 127.0.0.1:${port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
