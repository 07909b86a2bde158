import type { ListenerMeasurement } from "../load/listener-program.ts";
import { clientsOf, type RoomsShape } from "../peers/rooms/shape.ts";
import type { Runtime } from "../runtimes.ts";
import { median, significant } from "../statistics.ts";
import type { Table } from "../table.ts";
import { atLeast, best, type Target } from "../targets.ts";

const MIN_RATIO_TO_SOCKET_IO = 2;

export interface RoomsCase {
  readonly server: "Confab" | "socket.io";
  readonly runtime: Runtime;
  readonly shape: RoomsShape;
}

/** One row: medians over the rounds. Null means that the operating system doesn't report it. */
export interface RoomsFigure {
  readonly server: RoomsCase["server"];
  readonly runtime: Runtime;
  readonly omits: string;
  readonly rooms: number;
  readonly clients: number;
  readonly roomsPerClient: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly serverCpuUsPerDelivery: number | null;
  readonly mainThreadUsPerDelivery: number | null;
  readonly generatorCpuUsPerDelivery: number;
  /** From sending a message to its last member. */
  readonly lastP50Ms: number;
  readonly lastP99Ms: number;
  /** Sums over the rounds. */
  readonly lost: number;
  readonly disorder: number;
}

export function toRoomsFigures(
  measured: ReadonlyMap<RoomsCase, readonly ListenerMeasurement[]>,
): readonly RoomsFigure[] {
  return [...measured].map(([{ server, runtime, shape }, rounds]) => {
    const middle = (of: (round: ListenerMeasurement) => number): number =>
      significant(median(rounds.map(of)));
    const perDelivery = (of: (round: ListenerMeasurement) => number | null): number | null => {
      const value = middle((round) => (of(round) ?? Number.NaN) / round.deliveries);
      return Number.isNaN(value) ? null : value;
    };
    const sum = (of: (round: ListenerMeasurement) => number): number =>
      rounds.reduce((total, round) => total + of(round), 0);
    return {
      server,
      runtime,
      omits: server === "Confab" ? "" : "store, authorize",
      rooms: shape.rooms,
      clients: clientsOf(shape),
      roomsPerClient: shape.roomsPerClient,
      messagesPerSecond: middle(({ messages, seconds }) => messages / seconds),
      deliveriesPerSecond: middle(({ deliveries, seconds }) => deliveries / seconds),
      serverCpuUsPerDelivery: perDelivery((round) => round.serverCpuUs),
      mainThreadUsPerDelivery: perDelivery((round) => round.serverMainThreadUs),
      generatorCpuUsPerDelivery: perDelivery((round) => round.ownCpuUs) ?? 0,
      lastP50Ms: middle(({ lastMs }) => lastMs.p50),
      lastP99Ms: middle(({ lastMs }) => lastMs.p99),
      lost: sum((round) => round.missing),
      disorder: sum((round) => round.disorder),
    };
  });
}

export function toRoomsTable(figures: readonly RoomsFigure[]): Table {
  return {
    columns: [
      "server",
      "clients",
      "rooms each",
      "messages/s",
      "deliveries/s",
      "CPU µs/delivery",
      "main",
      "generator",
      "last p50 ms",
      "last p99",
      "lost",
      "disorder",
      "does not",
    ],
    rows: figures.map((figure) => [
      `${figure.server}, ${figure.runtime}`,
      figure.clients.toLocaleString("en"),
      String(figure.roomsPerClient),
      figure.messagesPerSecond.toLocaleString("en"),
      figure.deliveriesPerSecond.toLocaleString("en"),
      figure.serverCpuUsPerDelivery?.toFixed(1) ?? "-",
      figure.mainThreadUsPerDelivery?.toFixed(1) ?? "-",
      figure.generatorCpuUsPerDelivery.toFixed(1),
      figure.lastP50Ms.toFixed(1),
      figure.lastP99Ms.toFixed(1),
      String(figure.lost),
      String(figure.disorder),
      figure.omits,
    ]),
  };
}

/** Compares Confab on its better runtime with socket.io on its better one, for clients in one room each and in ten. */
export function toRoomsTargets(figures: readonly RoomsFigure[]): readonly Target[] {
  const shapes = [...new Set(figures.map(({ roomsPerClient }) => roomsPerClient))];
  return shapes.flatMap((roomsPerClient) => {
    const most = (server: RoomsCase["server"]): RoomsFigure | undefined => {
      const whole = figures.filter(
        (each) => each.server === server && each.roomsPerClient === roomsPerClient && isWhole(each),
      );
      return best(whole, "highest", ({ deliveriesPerSecond }) => deliveriesPerSecond);
    };
    const confab = most("Confab");
    const peer = most("socket.io");
    if (!confab || !peer) return [];
    const { rooms, clients } = confab;
    const each = roomsPerClient === 1 ? "one room" : `${roomsPerClient} rooms`;
    return atLeast(
      MIN_RATIO_TO_SOCKET_IO,
      `${rooms.toLocaleString("en")} rooms, ${clients.toLocaleString("en")} clients in ${each} each: times socket.io's deliveries a second`,
      confab.deliveriesPerSecond / peer.deliveriesPerSecond,
      { confab: describe(confab), peer: `socket.io ${describe(peer)}`, peerOmits: peer.omits },
    );
  });
}

function isWhole({ lost, disorder }: RoomsFigure): boolean {
  return lost === 0 && disorder === 0;
}

function describe({ deliveriesPerSecond, runtime }: RoomsFigure): string {
  return `${deliveriesPerSecond.toLocaleString("en")}/s on ${runtime}`;
}
