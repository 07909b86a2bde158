import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import fc from "fast-check";
import { ChatError } from "../../../domain/errors.ts";
import { firstRequests, type Hello, type LiveRequest } from "./first-requests.ts";

const room = fc.record({
  roomId: fc.string(),
  revision: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});
const hello = fc.record({ rooms: fc.array(room), clientName: fc.string() });
const helloRequest = fc
  .record({ commandId: fc.string(), hello })
  .map((request) =>
    encoded({ commandId: request.commandId, command: { case: "hello", value: request.hello } }),
  );
const otherRequest = fc.constantFrom(
  encoded({ command: { case: "heartbeat", value: {} } }),
  encoded({ commandId: "one" }),
  // A field of a newer client.
  Uint8Array.of(0xf8, 0x07, 1),
);

/** One request, or several behind each other: as protobuf has it, they are one message, of their last fields. */
const request = fc
  .array(fc.oneof({ weight: 3, arbitrary: helloRequest }, otherRequest), { minLength: 1, maxLength: 3 })
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

test("the first request of a Connect stream says the same as one that is decoded whole", () => {
  fc.assert(
    fc.property(request, fc.nat({ max: 20 }), (bytes, cut) => {
      const sent = bytes.subarray(0, Math.max(0, bytes.length - cut));
      assert.deepEqual(connectNow(sent), connectWhole(sent));
    }),
  );
});

test("the request of a Subscribe stream says the same as one that is decoded whole", () => {
  fc.assert(
    fc.property(fc.array(hello, { maxLength: 2 }), fc.nat({ max: 20 }), (hellos, cut) => {
      const parts = hellos.map((value) =>
        toBinary(v1.SubscribeRequestSchema, create(v1.SubscribeRequestSchema, { hello: value })),
      );
      const bytes = new Uint8Array(Buffer.concat(parts));
      const sent = bytes.subarray(0, Math.max(0, bytes.length - cut));
      const whole = refusalOr(() => fromBinary(v1.SubscribeRequestSchema, sent).hello);
      assert.deepEqual(
        refusalOr(() => told(firstRequests.subscribe.decode(sent).hello)),
        whole === "refused" ? whole : told(whole),
      );
    }),
  );
});

function connectNow(bytes: Uint8Array): unknown {
  return refusalOr(() => toldOf(firstRequests.connect.decode(bytes)));
}

function connectWhole(bytes: Uint8Array): unknown {
  return refusalOr(() => toldOf(fromBinary(v1.ConnectRequestSchema, bytes)));
}

function toldOf({ commandId, command }: LiveRequest): unknown {
  return { commandId, case: command.case, hello: command.case === "hello" ? told(command.value) : null };
}

function told(hello: Hello | undefined): { clientName: string; rooms: [string, bigint][] } | null {
  return hello
    ? {
        clientName: hello.clientName,
        rooms: [...hello.rooms].map(({ roomId, revision }) => [roomId, revision]),
      }
    : null;
}

function refusalOr<Value>(read: () => Value): Value | "refused" {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChatError) assert.equal(error.reason, "REQUEST_MALFORMED");
    return "refused";
  }
}

function encoded(init: Parameters<typeof create<typeof v1.ConnectRequestSchema>>[1]): Uint8Array {
  return toBinary(v1.ConnectRequestSchema, create(v1.ConnectRequestSchema, init));
}
