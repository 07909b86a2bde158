import { nativeProgram } from "../native.ts";
import { type ListenerMeasurement, runListener } from "./listener-program.ts";
import { type Step, toHex, toStepLine } from "./steps.ts";

/** The bytes with which clients open their connections and talk in each room. */
export interface RoomsProtocol {
  readonly isHttp2: boolean;
  /** The steps that open each client's connection. */
  readonly clients: readonly (readonly Step[])[];
  readonly rooms: readonly RoomProtocol[];
  /** True if the sender receives its message twice: in the answer, and as every member does. */
  readonly answersHaveMessage: boolean;
}

interface RoomProtocol {
  /** The numbers of the clients in this room. */
  readonly members: readonly number[];
  /** The message that any member sends, with `NUMBERED_MARK` in its text. */
  readonly message: Buffer;
  /** The part of the message that counts towards HTTP/2's windows. */
  readonly countedBytes?: number;
}

export interface RoomsLoad {
  readonly port: number;
  readonly serverPid: number;
  readonly protocol: RoomsProtocol;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  /** At least a few million above any earlier load of the same server. */
  readonly firstNumber: number;
}

const OPENING_AT_ONCE = 64;
const OPEN_SECONDS = 90;
const DRAIN_SECONDS = 10;
const MOST_MESSAGES = 100_000_000;

/** Runs one load in its own process. Each room sends one message after the other, each from the next member. */
export function talkInRooms(load: RoomsLoad): Promise<ListenerMeasurement> {
  const program = nativeProgram("rooms");
  if (!program) throw new Error("many rooms need the generator in C: install gcc");
  return runListener({ program, args: [], input: toInput(load) }, load.serverPid);
}

/** Writes the load in the generator's input format: native/input.h. */
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
