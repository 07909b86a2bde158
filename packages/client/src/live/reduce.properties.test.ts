import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import fc from "fast-check";
import { type Change, reduce, settle } from "./reduce.ts";
import { fromSnapshot, type RoomState } from "./state.ts";

const ME = "me";

/** Actions in a room, and the reader's absences. */
const acts = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant({ act: "say" } as const) },
    { weight: 3, arbitrary: fc.record({ act: fc.constantFrom("edit", "delete"), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.constantFrom({ act: "leave" } as const, { act: "return" } as const) },
  ),
  { maxLength: 60 },
);

/** The server's side of a room. Missed messages are sent in their latest state, in the order of their last changes. */
class Server {
  readonly messages: v1.Message[] = [];
  revision = 0n;

  say(): void {
    const seq = BigInt(this.messages.length + 1);
    this.#put(create(v1.MessageSchema, { seq, senderId: "ada", text: `${seq}` }));
  }

  change(pick: number, isDeletion: boolean): void {
    const message = this.messages[pick % this.messages.length];
    if (!message || message.deleted) return;
    const text = isDeletion ? "" : `${message.text}!`;
    this.#put(create(v1.MessageSchema, { ...message, text, deleted: isDeletion }));
  }

  since(revision: number): v1.Event[] {
    const missed = this.messages.filter((message) => message.revision > revision);
    missed.sort((a, b) => Number(a.revision - b.revision));
    return missed.map((value) =>
      create(v1.EventSchema, { revision: value.revision, change: { case: "message", value } }),
    );
  }

  #put(message: v1.Message): void {
    message.revision = ++this.revision;
    this.messages[Number(message.seq) - 1] = message;
  }
}

test("whatever happens while a reader is away or there, it ends with the room's latest state, and sees each message once", () => {
  fc.assert(
    fc.property(acts, (script) => {
      const server = new Server();
      const changes: Change[] = [];
      let state: RoomState = fromSnapshot(create(v1.RoomSchema, { id: "r" }), ME, null);
      let isThere = true;
      const catchUp = (): void => {
        for (const event of server.since(state.revision)) {
          const reduced = reduce(state, event, ME);
          state = reduced.state;
          if (reduced.change) changes.push(reduced.change);
        }
      };
      for (const one of [...script, { act: "return" } as const]) {
        switch (one.act) {
          case "say":
            server.say();
            break;
          case "edit":
          case "delete":
            server.change(one.pick, one.act === "delete");
            break;
          case "leave":
            isThere = false;
            break;
          case "return":
            isThere = true;
            catchUp();
            state = settle(state);
            break;
          default:
            one satisfies never;
        }
        if (isThere) catchUp();
      }
      check(server, state, changes);
    }),
    { numRuns: 300 },
  );
});

function check(server: Server, state: RoomState, changes: readonly Change[]): void {
  assert.deepEqual(
    state.window.map(({ seq, text, revision }) => [seq, text, revision]),
    server.messages.map(({ seq, text, revision }) => [Number(seq), text, Number(revision)]),
  );
  assert.equal(state.revision, Number(server.revision));
  assert.equal(state.counts.unread, server.messages.filter(({ deleted }) => !deleted).length);
  const seqsOf = (kind: Change["kind"]): number[] =>
    changes.flatMap((change) => (change.kind === kind && "message" in change ? [change.message.seq] : []));
  const seen = seqsOf("message");
  assert.equal(new Set(seen).size, seen.length);
  const gone = new Set(seqsOf("deleted"));
  for (const { seq } of server.messages) assert.ok(seen.includes(Number(seq)) || gone.has(Number(seq)));
}
