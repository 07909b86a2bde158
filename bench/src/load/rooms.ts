import { nativeProgram } from "../native.ts";
import { type ListenerMeasurement, runListener } from "./listener-program.ts";
import { type Step, toHex, toStepLine } from "./steps.ts";

/** How clients open their connections, and what they say in which room, in bytes. */
export interface RoomsProtocol {
  readonly isHttp2: boolean;
  /** What opens each client's connection. */
  readonly clients: readonly (readonly Step[])[];
  readonly rooms: readonly RoomProtocol[];
  /** Whether who says something gets it twice: in the answer, and as everyone does. */
  readonly answersHaveMessage: boolean;
}

export interface RoomProtocol {
  /** The clients who are in it, by their numbers. */
  readonly members: readonly number[];
  /** What any of them sends, with `NUMBERED_MARK` in its text. */
  readonly message: Buffer;
  /** How much of it HTTP/2's windows count. */
  readonly countedBytes?: number;
}

export interface RoomsLoad {
  readonly port: number;
  readonly serverPid: number;
  readonly protocol: RoomsProtocol;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  /** Greater than that of any earlier load of the same server by a few million. */
  readonly firstNumber: number;
}

const OPENING_AT_ONCE = 64;
const OPEN_SECONDS = 90;
const DRAIN_SECONDS = 10;
const MOST_MESSAGES = 100_000_000;

/** Runs one load in a process of its own: in each room one message after the other, each said by the next member. */
export function talkInRooms(load: RoomsLoad): Promise<ListenerMeasurement> {
  const program = nativeProgram("rooms");
  if (!program) throw new Error("many rooms need the generator in C: install gcc");
  return runListener({ program, args: [], input: toInput(load) }, load.serverPid);
}

/** The load as the generator reads it; native/input.h says how. */
function toInput({ protocol, ...load }: RoomsLoad): string {
  const lines = [
    `port ${load.port}`,
    `http2 ${Number(protocol.isHttp2)}`,
    `answers ${Number(protocol.answersHaveMessage)}`,
    `at-once ${OPENING_AT_ONCE}`,
    `open ${OPEN_SECONDS}`,
    `warm-up ${load.warmUpSeconds}`,
    `measure ${load.measureSeconds}`,
    `drain ${DRAIN_SECONDS}`,
    `first ${load.firstNumber}`,
    `most ${MOST_MESSAGES}`,
    ...protocol.clients.flatMap((steps) => ["listener", ...steps.map(toStepLine)]),
    ...protocol.rooms.map(
      ({ message, countedBytes = message.length, members }) =>
        `room ${toHex(message)} ${countedBytes} ${members.join(",")}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
