import { atLeast, atMost, best, type Reading, type Target } from "../targets.ts";
import { FLAT_OUT } from "./fan-out-case.ts";
import type { FanOutFigure } from "./fan-out-figures.ts";

const CONNECT = "Confab, Connect";
const RECEIVE = "Confab, ReceiveMessage";

/** Of the deliveries a second of C that coalesces: 1,000,000 where that makes 6,000,000. */
const SHARE_OF_THE_LIMIT = 1 / 6;

/** What was promised: of Confab on its better runtime, against each peer on its better one. */
export function toFanOutTargets(figures: readonly FanOutFigure[], listeners: number): readonly Target[] {
  const larger = Math.max(...figures.map((each) => each.listeners));
  return [
    ...flatOut(CONNECT, "socket.io", { limit: 10, claim: "flat out: times socket.io's deliveries a second" }),
    ...flatOut(CONNECT, "NATS core", { limit: 0.6, claim: "flat out: of NATS core's deliveries a second" }),
    ...flatOut(CONNECT, "C, coalesced", {
      limit: SHARE_OF_THE_LIMIT,
      claim: "flat out: of the deliveries a second of C, coalesced",
    }),
    ...inTime({ rate: 300, count: listeners, limitMs: 80 }),
    ...cpu("socket.io", 1.15),
    ...cpu("C, one write each", 2.3),
    ...inTime({ rate: 20, count: larger, limitMs: 150 }),
    ...flatOut(RECEIVE, "socket.io", {
      limit: 1,
      claim: "ReceiveMessage flat out: times socket.io's deliveries a second",
    }),
  ];

  function at(server: string, rate: number, count = listeners): readonly FanOutFigure[] {
    return figures.filter(
      (each) =>
        each.server === server &&
        each.rate === rate &&
        each.listeners === count &&
        each.lost === 0 &&
        each.disorder === 0,
    );
  }

  function flatOut(
    server: string,
    peer: string,
    { limit, claim }: { readonly limit: number; readonly claim: string },
  ): readonly Target[] {
    const most = (of: string) => best(at(of, FLAT_OUT), "highest", (each) => each.deliveriesPerSecond);
    const own = most(server);
    const other = most(peer);
    if (!own || !other) return [];
    const show = (each: FanOutFigure): string => `${each.deliveriesPerSecond.toLocaleString("en")}/s`;
    const ratio = own.deliveriesPerSecond / other.deliveriesPerSecond;
    return [
      atLeast(Number(limit.toPrecision(3)), `${count(own)} ${claim}`, ratio, compare(own, other, show)),
    ];
  }

  function cpu(peer: string, limit: number): readonly Target[] {
    const least = (of: string) => best(at(of, 20), "lowest", (each) => each.serverCpuUsPerDelivery);
    const own = least(CONNECT);
    const other = least(peer);
    if (!own?.serverCpuUsPerDelivery || !other?.serverCpuUsPerDelivery) return [];
    const show = (each: FanOutFigure): string => `${each.serverCpuUsPerDelivery} µs`;
    const ratio = own.serverCpuUsPerDelivery / other.serverCpuUsPerDelivery;
    const claim = `${count(own)} at 20/s: times the CPU a delivery of ${peer}`;
    return [atMost(limit, claim, ratio, compare(own, other, show))];
  }

  /** A run that falls behind is late without end, whatever it says of those that it reached. */
  function inTime({ rate, count: of, limitMs }: InTime): readonly Target[] {
    const own = best(at(CONNECT, rate, of), "lowest", lateness);
    const any = at(CONNECT, rate, of)[0];
    if (!any) return [];
    const peer = best(at("socket.io", rate, of), "lowest", lateness);
    const beside = figures.some(
      (each) => each.server === "socket.io" && each.rate === rate && each.listeners === of,
    )
      ? {
          peer: peer ? `socket.io ${peer.lastP50Ms} ms on ${peer.runtime}` : "socket.io can't",
          peerOmits: "store, authorize",
        }
      : {};
    return [
      atMost(
        limitMs,
        `${count(any)} at ${rate}/s, all delivered: ms to the last one, p50`,
        own?.lastP50Ms ?? Number.POSITIVE_INFINITY,
        {
          confab: own ? `${own.lastP50Ms} ms on ${own.runtime}` : "can't",
          ...beside,
        },
      ),
    ];
  }
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
