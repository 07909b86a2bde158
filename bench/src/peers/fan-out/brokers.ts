import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../free-port.ts";
import { type FanOutProtocol, NUMBERED_MARK } from "../../load/fan-out.ts";
import type { Step } from "../../load/steps.ts";
import { findProgram } from "../../native.ts";
import { startServerOn } from "../../processes.ts";
import { TEXT } from "../../text.ts";
import type { FanOutPeer } from "./peer.ts";

const text = `${NUMBERED_MARK} ${TEXT}`;

interface Broker {
  readonly name: string;
  readonly program: string;
  readonly args: (port: number, folder: string) => readonly string[];
  readonly protocol: Omit<FanOutProtocol, "isHttp2" | "hasAnswers">;
}

/** A broker from Debian's packages, in its own process, without persistence. */
function broker({ name, program, args, protocol }: Broker): FanOutPeer {
  return {
    name,
    hasRuntimes: false,
    omits: "store, authorize, answer",
    missing: () => (findProgram(program) ? null : `${program} is not installed`),
    async start({ folder }) {
      const port = await freePort();
      const server = await startServerOn(port, {
        program: findProgram(program) ?? program,
        args: args(port, folder),
      });
      return {
        server,
        protocol: { isHttp2: false, hasAnswers: false, ...protocol },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

export const nats = broker({
  name: "NATS core",
  program: "nats-server",
  args: (port) => ["--addr", "127.0.0.1", "--port", String(port)],
  protocol: {
    listeners: [[step('CONNECT {"verbose":false}\r\nSUB room 1\r\nPING\r\n', "PONG\r\n")]],
    sender: [step('CONNECT {"verbose":false}\r\nPING\r\n', "PONG\r\n")],
    message: Buffer.from(`PUB room ${text.length}\r\n${text}\r\n`),
  },
});

export const redis = broker({
  name: "Redis pub/sub",
  program: "redis-server",
  args: (port, folder) => [
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", folder],
    ...["--save", "", "--maxclients", "12000"],
  ],
  protocol: {
    listeners: [[step("SUBSCRIBE room\r\n", ":1\r\n")]],
    sender: [step("PING\r\n", "PONG\r\n")],
    message: Buffer.from(`*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$${text.length}\r\n${text}\r\n`),
  },
});

const mqttConnect: Step = {
  send: Buffer.concat([Buffer.from([0x10, 12, 0, 4]), Buffer.from("MQTT"), Buffer.from([4, 2, 0, 0, 0, 0])]),
  wait: Buffer.from([0x20, 2, 0, 0]),
};
const mqttSubscribe: Step = {
  send: Buffer.concat([Buffer.from([0x82, 9, 0, 1, 0, 4]), Buffer.from("room"), Buffer.from([0])]),
  wait: Buffer.from([0x90, 3, 0, 1, 0]),
};

export const mosquitto = broker({
  name: "Mosquitto, QoS 0",
  program: "mosquitto",
  args(port, folder) {
    const path = join(folder, "mosquitto.conf");
    const settings = [
      `listener ${port} 127.0.0.1`,
      "allow_anonymous true",
      "set_tcp_nodelay true",
      // By default it drops QoS 0 messages that a busy socket does not accept.
      "max_queued_messages 0",
    ];
    writeFileSync(path, `${settings.join("\n")}\n`);
    return ["-c", path];
  },
  protocol: {
    listeners: [[mqttConnect, mqttSubscribe]],
    sender: [mqttConnect],
    message: Buffer.concat([Buffer.from([0x30, text.length + 6, 0, 4]), Buffer.from(`room${text}`)]),
  },
});

function step(send: string, wait: string): Step {
  return { send: Buffer.from(send), wait: Buffer.from(wait) };
}
