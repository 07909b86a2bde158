import { create, toBinary } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import {
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";

/** A ChatService that gives its clients the same text wherever a text may stand: as name, message and error. */
export interface HostileServer extends AsyncDisposable {
  readonly address: string;
}

export async function startHostileServer(text: string): Promise<HostileServer> {
  const message = create(simple.MessageSchema, { userName: text, text });
  const response = Buffer.from(toBinary(simple.MessageSchema, message));
  const keepBytes = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  server.register(
    "/ChatService/ReceiveMessage",
    (call: ServerWritableStream<Buffer, Buffer>) => void call.write(response),
    keepBytes,
    keepBytes,
    "serverStream",
  );
  server.register(
    "/ChatService/SendMessage",
    (_call: unknown, answer: sendUnaryData<Buffer>) =>
      answer({ code: status.INVALID_ARGUMENT, details: text }),
    keepBytes,
    keepBytes,
    "unary",
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, boundPort) =>
      error ? reject(error) : resolve(boundPort),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}
