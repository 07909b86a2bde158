// A chat client over the two calls of the simple contract. It sends the lines you type and prints everyone's messages.
//
// node examples/node/chat.js grace localhost:50051
//
// Ctrl-D ends it.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { credentials, loadPackageDefinition, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { printable, printableLines } from "./printable.js";

const [userName = "guest", address = "localhost:50051"] = process.argv.slice(2);

const contract = loadSync(fileURLToPath(new URL("../../proto/chat.proto", import.meta.url)));
const { ChatService } = loadPackageDefinition(contract);
const client = new ChatService(address, credentials.createInsecure());
const sendMessage = promisify(client.sendMessage).bind(client);

const listening = client.receiveMessage({});
listening.on("data", (message) => print(`<${printable(message.userName)}> ${printableLines(message.text)}`));
listening.on("error", (error) => {
  if (error.code === status.CANCELLED) return;
  print(`! ${printable(error.details)}`);
  process.exitCode = 1;
  process.stdin.destroy();
});

// One call at a time, so that lines are stored in the order in which they were typed.
for await (const text of createInterface({ input: process.stdin })) {
  await sendMessage({ userName, text }).catch((error) => print(`! not sent: ${printable(error.details)}`));
}
listening.cancel();
client.close();

function print(line) {
  process.stdout.write(`${line}\n`);
}
