import type { Transport } from "@confab/client";

/** A transport, and what was asked of it. */
export interface Watched {
  readonly transport: Transport;
  /** How many streams were opened. */
  readonly streams: number;
  /** The cursors of each stream's hello. */
  readonly hellos: readonly (readonly { readonly roomId: string; readonly revision: bigint }[])[];
  /** The names of the methods that were called. */
  readonly calls: readonly string[];
  /** The kinds of the commands that were sent. */
  readonly commands: readonly string[];
}

/** Notes what is asked of a transport. */
export function watch(transport: Transport): Watched {
  const hellos: { roomId: string; revision: bigint }[][] = [];
  const calls: string[] = [];
  const commands: string[] = [];
  return {
    hellos,
    calls,
    commands,
    get streams() {
      return hellos.length;
    },
    transport: {
      unary(method, request, options) {
        calls.push(method.name);
        return transport.unary(method, request, options);
      },
      connect(hello, options) {
        const rooms = hello.rooms ?? [];
        hellos.push(rooms.map(({ roomId = "", revision = 0n }) => ({ roomId, revision })));
        const stream = transport.connect(hello, options);
        return {
          frames: stream.frames,
          send(commandId, command) {
            commands.push(command.case);
            stream.send(commandId, command);
          },
        };
      },
      reset: () => transport.reset(),
      close: () => transport.close(),
    },
  };
}
