import { join } from "node:path";
import type { MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { create, type DescMessage, type DescMethodUnary, fromBinary, toBinary } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import { Client, credentials } from "@grpc/grpc-js";
import { root } from "../paths.ts";
import type { ServerProcess } from "../processes.ts";
import { startServer } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";

export interface ConfabOptions {
  readonly runtime: Runtime;
  readonly dataFolder: string;
  /** Options of the runtime itself. */
  readonly runtimeOptions?: readonly string[];
}

/** Starts `confab serve` with its defaults, on free ports. */
export function startConfab({
  runtime,
  dataFolder,
  runtimeOptions = [],
}: ConfabOptions): Promise<ServerProcess> {
  return startServer({
    runtime,
    args: [...runtimeOptions, join(root, "packages/server/bin/confab.js"), "serve"],
    env: { CONFAB_GRPC_PORT: "0", CONFAB_WEB_PORT: "0", CONFAB_DATA_DIR: dataFolder },
  });
}

/** Makes an account and signs in. Resolves with the metadata that its calls carry. */
export async function signIn(port: number, name: string): Promise<{ readonly authorization: string }> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { createUser, login } = simple.UserService.method;
  const password = "a password for the bench";
  try {
    await callUnary(client, createUser, { name, password });
    const { token } = await callUnary(client, login, { name, password });
    return { authorization: `Bearer ${token}` };
  } finally {
    client.close();
  }
}

/** Makes one unary call and resolves with its response. */
export function callUnary<I extends DescMessage, O extends DescMessage>(
  client: Client,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (init: MessageInitShape<I>) => Buffer.from(toBinary(method.input, create(method.input, init))),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      request,
      (error, response) => (response ? resolve(response) : reject(error)),
    );
  });
}
