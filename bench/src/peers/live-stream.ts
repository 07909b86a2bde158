import { v1 } from "@confab/protocol";
import { type Account, type ConfabClient, encode } from "./client.ts";

/** Everything that a stream delivered from its Hello to its Ready. */
export interface CaughtUp {
  readonly rooms: number;
  readonly messages: number;
  readonly gaps: number;
  /** The number of responses. */
  readonly responses: number;
  readonly outcome: v1.ResumeOutcome;
}

/** A client's last revision in each room, by room id. */
export type Cursors = Map<string, bigint>;

/** Opens a stream with these cursors, moves them forward until Ready, and closes the stream. */
export function catchUp(client: ConfabClient, account: Account, cursors: Cursors): Promise<CaughtUp> {
  const stream = client.connect(account);
  const count = { rooms: 0, messages: 0, gaps: 0, responses: 0 };

  /** Returns the outcome if the frame is Ready. */
  function take({ frame }: v1.Frame): v1.ResumeOutcome | null {
    switch (frame.case) {
      case "room":
        count.rooms++;
        cursors.set(frame.value.id, frame.value.revision);
        return null;
      case "event": {
        const { roomId, revision, change } = frame.value;
        if (revision === 0n) return null;
        if (change.case === "message") count.messages++;
        cursors.set(roomId, revision);
        return null;
      }
      case "gap":
        count.gaps++;
        return null;
      case "ready":
        return frame.value.outcome;
      default:
        return null;
    }
  }

  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("end", () => reject(new Error("the stream ended before it was ready")));
    stream.on("data", ({ frames }: v1.ConnectResponse) => {
      count.responses++;
      for (const frame of frames) {
        const outcome = take(frame);
        if (outcome === null) continue;
        resolve({ ...count, outcome });
        stream.cancel();
      }
    });
    const rooms = [...cursors].map(([roomId, revision]) => ({ roomId, revision }));
    stream.write({ command: { case: "hello", value: { rooms, clientName: "bench" } } });
  });
}

/** The bytes of the Ready frame with this outcome. The server sends the same bytes to everyone. */
export function readReady(
  client: ConfabClient,
  account: Account,
  outcome = v1.ResumeOutcome.FRESH,
): Promise<Buffer> {
  const stream = client.connect(account);
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", ({ frames }: v1.ConnectResponse) => {
      for (const { frame } of frames) {
        if (frame.case !== "ready") continue;
        const ready = { ...frame.value, outcome };
        resolve(encode(v1.ConnectResponseSchema, { frames: [{ frame: { case: "ready", value: ready } }] }));
        stream.cancel();
      }
    });
    stream.write({ command: { case: "hello", value: {} } });
  });
}
