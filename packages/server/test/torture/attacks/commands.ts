import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { Attack, Attacker, Stage } from "./stage.ts";

const { connect } = v1.ChatService.method;

type Command = NonNullable<MessageInitShape<typeof v1.ConnectRequestSchema>["command"]>;

/** A field of number 1,000, which no command has, with an empty message. */
const UNKNOWN_COMMAND = [0xc2, 0x3e, 0];
const LARGE_BYTES = 900 * 1024;
/** Far more than the limit of five a second: most are refused. */
const FLOOD_PER_SECOND = 50;

export const commandAttacks: readonly Attack[] = [
  {
    name: "14 commands that are dear, at the limit",
    begin(stage) {
      const { hall: roomId } = stage.world;
      const write = openStreams(stage);
      const commands: readonly ((turn: number) => Command)[] = [
        () => ({ case: "signalActivity", value: { roomId, activity: v1.Activity.TYPING } }),
        (turn) => ({
          case: "signalActivity",
          value: { activity: turn % 2 === 0 ? v1.Activity.AWAY : v1.Activity.ONLINE },
        }),
        (turn) => ({ case: "updateReadCursor", value: { roomId, readSeq: BigInt(turn + 1) } }),
        (turn) => ({
          case: "sendMessage",
          value: { roomId, text: "the of ".repeat(2_000), ttl: { seconds: BigInt(1 + turn) } },
        }),
      ];
      stage.atLimit(1, async (attacker, turn) => {
        const command = commands[turn % commands.length]?.(turn);
        if (command) write(attacker, encode({ commandId: `${turn}`, command }));
      });
    },
  },
  {
    name: "14 commands above the limit: known, unknown and too large",
    begin(stage) {
      const write = openStreams(stage);
      const unknown = Buffer.concat([encode({ commandId: "?" }), Buffer.from(UNKNOWN_COMMAND)]);
      const large = encode({
        commandId: "!",
        command: { case: "sendMessage", value: { text: "x".repeat(LARGE_BYTES) } },
      });
      const heartbeat = encode({ commandId: "h", command: { case: "heartbeat", value: {} } });
      for (const attacker of stage.attackers) {
        stage.evenly(1_000 / FLOOD_PER_SECOND, async (turn) => {
          write(attacker, turn % FLOOD_PER_SECOND === 0 ? large : turn % 2 === 0 ? unknown : heartbeat);
        });
      }
    },
  },
];

/** Opens a stream for each attacker, and returns what writes to it. */
function openStreams(stage: Stage): (attacker: Attacker, request: Buffer) => void {
  const streams = new Map(
    stage.attackers.map((attacker) => {
      const stream = attacker.client.bidiBytes(connect, attacker.person);
      stream.on("error", () => {}).resume();
      stream.write(encode({ command: { case: "hello", value: {} } }));
      stage.onEnd(() => stream.cancel());
      return [attacker, stream];
    }),
  );
  return (attacker, request) => {
    const stream = streams.get(attacker);
    // An attacker too waits for the connection to take what it has written.
    if (stream && !stream.destroyed && !stream.writableNeedDrain) stream.write(request);
  };
}

function encode(request: MessageInitShape<typeof v1.ConnectRequestSchema>): Buffer {
  return Buffer.from(toBinary(v1.ConnectRequestSchema, create(v1.ConnectRequestSchema, request)));
}
