/**
 * The most common base for chats on Node, used as its guide says: rooms, emits and acknowledgements. It stores nothing.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
io.on("connection", async (socket) => {
  await socket.join(String(socket.handshake.query.rooms).split(","));
  socket.on("say", (room: string, text: string, acknowledge: (answer: string) => void) => {
    io.to(room).emit("message", text);
    acknowledge(`^${text.slice(1, 13)}`);
  });
  socket.emit("joined");
});
http.listen({ port: 0, host: "127.0.0.1" }, () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`socket.io listening on 127.0.0.1:${port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
