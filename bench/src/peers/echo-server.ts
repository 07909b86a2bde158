/** The peer of every unary figure: bare grpc-js that answers each request with its own bytes and stores nothing. */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";

const keepBytes = (bytes: Buffer): Buffer => bytes;

// Confab runs without channelz too. With it, every call of the peer would cost more.
const server = new Server({ "grpc.enable_channelz": 0 });
server.register(
  "/Echo/Echo",
  (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, call.request),
  keepBytes,
  keepBytes,
  "unary",
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`echo listening on 127.0.0.1:${port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
