import { v1 } from "@confab/protocol";
import type { TestClient } from "../../support/client.ts";
import type { Person } from "../../support/people.ts";
import type { World } from "./world.ts";

const { connect } = v1.ChatService.method;

/** As far behind as a stream may be without a snapshot. */
const BEHIND = 9_900;

type Cursors = readonly { readonly roomId: string; readonly revision: bigint }[];

/** The cursors of someone who has missed much of the largest room. */
export function cursorsBehind({ hall, hallRevision }: World): Cursors {
  return [{ roomId: hall, revision: BigInt(Math.max(hallRevision - BEHIND, 0)) }];
}

/** Opens a stream that goes on from the cursors. It reads nothing yet. */
export function openStream(client: TestClient, person: Person, rooms: Cursors) {
  const stream = client.bidi(connect, person);
  stream.on("error", () => {});
  stream.write({ command: { case: "hello", value: { rooms: [...rooms] } } });
  return stream;
}

/** Reads a stream until it is ready, has been refused or was cancelled, and then cancels it. */
export async function readUntilReady(stream: ReturnType<typeof openStream>): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.once("close", resolve);
    stream.once("error", () => resolve());
    stream.on("data", ({ frames }: v1.ConnectResponse) => {
      if (frames.some(({ frame }) => frame.case === "ready")) resolve();
    });
  });
  stream.cancel();
}
