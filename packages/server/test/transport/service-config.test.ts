import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { blocksIn } from "../support/blocks.ts";
import { ConsoleProcess } from "../support/console-process.ts";
import { needs, python } from "../support/needs.ts";
import { createWorkplace, generateStubs } from "../support/python.ts";
import { root } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";

const skip = needs("Python with grpcio and grpcio-tools", python !== undefined);

/** Runs behind the document's block: the call begins while nobody listens. */
const CALL = `
import chat_pb2, chat_pb2_grpc
def show(state):
    if state == grpc.ChannelConnectivity.TRANSIENT_FAILURE:
        print("nobody listens", flush=True)
channel.subscribe(show, try_to_connect=True)
chat = chat_pb2_grpc.ChatServiceStub(channel)
call = chat.SendMessage.future(chat_pb2.Message(user_name="ada", text="hello"), timeout=120)
print("stored", call.result().text)
`;

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("with the document's Python and service config a call waits until the server is there", {
  skip,
}, async () => {
  using workplace = createWorkplace();
  generateStubs(workplace.folder);
  const document = readFileSync(join(root, "docs/protocol.md"), "utf8");
  const block = blocksIn(document).find(({ language }) => language === "python");
  assert.ok(block);
  assert.match(block.text, /"localhost:50051"/);
  const port = await findFreePort();
  const code = block.text.replace("localhost:50051", `127.0.0.1:${port}`);
  const program = ["-c", `import grpc\n${code}${CALL}`];
  await using run = new ConsoleProcess(python ?? "python3", program, workplace.folder);
  await run.prints("nobody listens\n");
  await using _server = await startServerProcess({
    runtime: "node",
    env: { CONFAB_GRPC_PORT: String(port) },
  });
  assert.equal(await run.exit(), 0, run.output);
  assert.ok(run.output.endsWith("stored hello\n"), run.output);
});
