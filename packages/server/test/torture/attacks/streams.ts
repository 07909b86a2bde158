import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { simple, v1 } from "@confab/protocol";
import type { Attack, Stage } from "./stage.ts";

const { connect, subscribe, sendMessage } = v1.ChatService.method;
const { receiveMessage } = simple.ChatService.method;

const STREAMS = 20;
/** As many as a Hello may have of rooms that its sender is not in, and as many as it may have at all. */
const FOREIGN_CURSORS = 1_000;
const MAX_CURSORS = 10_000;
const CONNECTIONS = 100;
const BODIES = 16;
const BODY_BYTES = 256 * 1024;
const SILENT_CONNECTIONS = 300;

export const streamAttacks: readonly Attack[] = [
  {
    name: "15 streams opened and closed at once",
    begin(stage) {
      stage.atLimit(1, async ({ client, person }, turn) => {
        const stream =
          turn % 2 === 0
            ? client.serverStream(receiveMessage, {}, person)
            : client.serverStream(subscribe, {}, person);
        stream.on("error", () => {}).resume();
        await new Promise((resolve) => stream.once("metadata", resolve).once("error", resolve));
        stream.cancel();
      });
    },
  },
  {
    name: "15 hellos with many cursors",
    begin(stage) {
      const hello = (count: number) => ({
        rooms: Array.from({ length: count }, (_, index) => ({
          roomId: `room-that-is-not-there-${index}`,
          revision: 1n,
        })),
      });
      const hellos = [hello(MAX_CURSORS), hello(FOREIGN_CURSORS)];
      stage.atLimit(1, async ({ client, person }, turn) => {
        const stream = client.bidi(connect, person);
        stream.on("error", () => {}).resume();
        stream.write({ command: { case: "hello", value: hellos[turn % 2] ?? {} } });
        await new Promise((resolve) => stream.once("data", resolve).once("error", resolve));
        stream.cancel();
      });
    },
  },
  {
    name: "15 streams that read nothing of a busy room",
    begin(stage) {
      const room = stage.world.hall;
      for (const { client, person } of stage.attackers) {
        for (let count = 0; count < STREAMS; count++) {
          const stream = client.bidi(connect, person);
          stream.on("error", () => {});
          stream.pause();
          stream.write({ command: { case: "hello", value: {} } });
          stage.onEnd(() => stream.cancel());
        }
      }
      stage.atPace({ count: 10, windowMs: 5_000 }, ({ client, person }, turn) =>
        client.unary(
          sendMessage,
          {
            roomId: room,
            text: `${turn} `.repeat(5_000).slice(0, 16_000),
            payload: Buffer.alloc(32_000),
            payloadType: "a/b",
          },
          person,
        ),
      );
    },
  },
  {
    name: "15 bodies that never end, over many connections",
    begin(stage) {
      const open = (): ClientHttp2Session => {
        const session = connectHttp2(`http://${stage.address}`).on("error", () => {});
        stage.onEnd(() => session.destroy());
        return session;
      };
      let sessions: ClientHttp2Session[] = [];
      stage.evenly(1_000, async (turn) => {
        if (turn % 12 === 0) {
          for (const session of sessions) session.destroy();
          sessions = Array.from({ length: CONNECTIONS }, open);
          for (const session of sessions) for (let count = 0; count < BODIES; count++) beginBody(session);
        }
      });
    },
  },
  {
    name: "15 connections that say nothing",
    begin(stage) {
      const { hostname, port } = new URL(`http://${stage.address}`);
      for (let count = 0; count < SILENT_CONNECTIONS; count++) {
        const socket = connectTcp({ host: hostname, port: Number(port) }).on("error", () => {});
        stage.onEnd(() => socket.destroy());
      }
      stage.evenly(1_000, async () => openAndLeave(stage));
    },
  },
];

/** Begins a call whose message is longer than what is sent of it. */
function beginBody(session: ClientHttp2Session): ClientHttp2Stream {
  const stream = session.request({
    ...{ ":method": "POST", ":path": "/ChatService/SendMessage" },
    ...{ "content-type": "application/grpc", te: "trailers" },
  });
  stream.on("error", () => {}).resume();
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt32BE(BODY_BYTES, 1);
  stream.write(body);
  return stream;
}

/** Opens connections that speak HTTP/2 and then end without a word. */
function openAndLeave(stage: Stage): void {
  for (let count = 0; count < STREAMS; count++) {
    const session = connectHttp2(`http://${stage.address}`).on("error", () => {});
    session.once("connect", () => session.destroy());
    stage.onEnd(() => session.destroy());
  }
}
