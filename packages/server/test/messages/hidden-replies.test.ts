import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { send } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { assertRefused, bringIn, makeRoom, RoomActs } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

for (const runtime of runtimes) {
  describe(`replies and threads on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const acts = new RoomActs(client);
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");

    test("under what one may not see are refused as under what is not there", async () => {
      const policy = { historyVisibility: v1.HistoryVisibility.SINCE_JOIN };
      const room = await makeRoom(client, ada, { policy });
      await send(client, { room, from: ada }, "before bob");
      await bringIn(client, { room, owner: ada }, bob);
      const visible = await send(client, { room, from: ada }, "after bob");
      for (const seq of [1n, 3n]) {
        for (const [reference, field] of [
          [{ replyToSeq: seq }, "reply_to_seq"],
          [{ threadRootSeq: seq }, "thread_root_seq"],
          [{ replyToSeq: visible.seq, threadRootSeq: seq }, "thread_root_seq"],
        ] as const) {
          const sending = send(client, { room, from: bob }, { text: "re", ...reference });
          await assertRefused(sending, status.NOT_FOUND, "MESSAGE_NOT_FOUND", field);
        }
      }
      const { seq } = visible;
      await send(client, { room, from: bob }, { text: "re", replyToSeq: seq, threadRootSeq: seq });
      await send(client, { room, from: ada }, { text: "re", replyToSeq: 1n, threadRootSeq: 1n });

      await acts.change(ada, room, bob, { deny: [v1.Permission.READ] }, "deny");
      const blind = send(client, { room, from: bob }, { text: "re", replyToSeq: seq });
      await assertRefused(blind, status.NOT_FOUND, "MESSAGE_NOT_FOUND", "reply_to_seq");
      await send(client, { room, from: bob }, "still heard");
    });
  });
}
