import { atLeast, atMost, best, type Reading, type Target } from "../targets.ts";
import { FLAT_OUT } from "./fan-out-case.ts";
import type { FanOutFigure } from "./fan-out-figures.ts";

const CONNECT = "Confab, Connect";
const SUBSCRIBE = "Confab, Subscribe on the web port";
const RECEIVE = "Confab, ReceiveMessage";

/** A share of the deliveries a second of the coalescing C program: 1,000,000 if that makes 6,000,000. */
const SHARE_OF_THE_LIMIT = 1 / 6;

/** The promises: Confab on its better runtime, against each peer on its better runtime. */
export function toFanOutTargets(figures: readonly FanOutFigure[], listeners: number): readonly Target[] {
  const larger = Math.max(...figures.map((each) => each.listeners));
  const inRoom = figures.filter((each) => each.listeners === listeners && isWhole(each));
  return [
    ...flatOut(inRoom, [CONNECT, "socket.io"], {
      limit: 10,
      claim: "flat out: times socket.io's deliveries a second",
    }),
    ...flatOut(inRoom, [CONNECT, "NATS core"], {
      limit: 0.6,
      claim: "flat out: of NATS core's deliveries a second",
    }),
    ...flatOut(inRoom, [CONNECT, "C, coalesced"], {
      limit: SHARE_OF_THE_LIMIT,
      claim: "flat out: of the deliveries a second of C, coalesced",
    }),
    ...inTime(figures, { rate: 300, count: listeners, limitMs: 80 }),
    ...cpu(inRoom, [CONNECT, "socket.io"], 1.15),
    ...cpu(inRoom, [CONNECT, "C, one write each"], 2.3),
    ...cpu(inRoom, [SUBSCRIBE, CONNECT], 1.2),
    ...inTime(figures, { rate: 20, count: larger, limitMs: 150 }),
    ...flatOut(inRoom, [RECEIVE, "socket.io"], {
      limit: 1,
      claim: "ReceiveMessage flat out: times socket.io's deliveries a second",
    }),
  ];
}

function flatOut(
  figures: readonly FanOutFigure[],
  [server, peer]: readonly [server: string, peer: string],
  { limit, claim }: { readonly limit: number; readonly claim: string },
): readonly Target[] {
  const most = (of: string) =>
    best(figures.filter(isAt(of, FLAT_OUT)), "highest", (each) => each.deliveriesPerSecond);
  const own = most(server);
  const other = most(peer);
  if (!own || !other) return [];
  const show = (each: FanOutFigure): string => `${each.deliveriesPerSecond.toLocaleString("en")}/s`;
  const ratio = own.deliveriesPerSecond / other.deliveriesPerSecond;
  return [atLeast(Number(limit.toPrecision(3)), `${count(own)} ${claim}`, ratio, compare(own, other, show))];
}

function cpu(
  figures: readonly FanOutFigure[],
  [server, peer]: readonly [server: string, peer: string],
  limit: number,
): readonly Target[] {
  const least = (of: string) =>
    best(figures.filter(isAt(of, 20)), "lowest", (each) => each.serverCpuUsPerDelivery);
  const own = least(server);
  const other = least(peer);
  if (!own?.serverCpuUsPerDelivery || !other?.serverCpuUsPerDelivery) return [];
  const show = (each: FanOutFigure): string => `${each.serverCpuUsPerDelivery} µs`;
  const ratio = own.serverCpuUsPerDelivery / other.serverCpuUsPerDelivery;
  const subject = server === CONNECT ? "" : `${server}, `;
  const claim = `${subject}${count(own)} at 20/s: times the CPU a delivery of ${peer}`;
  return [atMost(limit, claim, ratio, compare(own, other, show))];
}

/** A run that cannot keep up gets ever later, whatever its figures for the messages that did arrive. */
function inTime(
  figures: readonly FanOutFigure[],
  { rate, count: listeners, limitMs }: InTime,
): readonly Target[] {
  const inRoom = figures.filter((each) => each.listeners === listeners);
  const own = inRoom.filter(isAt(CONNECT, rate)).filter(isWhole);
  const [any] = own;
  if (!any) return [];
  const fastest = best(own, "lowest", lateness);
  const peers = inRoom.filter(isAt("socket.io", rate));
  const peer = best(peers.filter(isWhole), "lowest", lateness);
  return [
    atMost(
      limitMs,
      `${count(any)} at ${rate}/s, all delivered: ms to the last one, p50`,
      fastest?.lastP50Ms ?? Number.POSITIVE_INFINITY,
      {
        confab: fastest ? `${fastest.lastP50Ms} ms on ${fastest.runtime}` : "can't",
        ...(peers.length > 0 && {
          peer: peer ? `socket.io ${peer.lastP50Ms} ms on ${peer.runtime}` : "socket.io can't",
          peerOmits: "store, authorize",
        }),
      },
    ),
  ];
}

function isAt(server: string, rate: number): (figure: FanOutFigure) => boolean {
  return (figure) => figure.server === server && figure.rate === rate;
}

function isWhole({ lost, disorder }: FanOutFigure): boolean {
  return lost === 0 && disorder === 0;
}

interface InTime {
  readonly rate: number;
  readonly count: number;
  readonly limitMs: number;
}

function lateness({ keepsPace, lastP50Ms }: FanOutFigure): number {
  return keepsPace ? lastP50Ms : Number.POSITIVE_INFINITY;
}

function compare(own: FanOutFigure, other: FanOutFigure, show: (figure: FanOutFigure) => string): Reading {
  return {
    confab: `${show(own)} on ${own.runtime}`,
    peer: `${other.server} ${show(other)}${other.runtime ? ` on ${other.runtime}` : ""}`,
    peerOmits: other.omits,
  };
}

function count({ listeners }: FanOutFigure): string {
  return `${listeners.toLocaleString("en")} listeners`;
}
