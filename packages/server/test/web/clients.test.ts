import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rpc, simple, v1 } from "@confab/protocol";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { PASSWORD, register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

type TransportOptions = Parameters<typeof createConnectTransport>[0];

/** The transports that pages use with generated clients. */
const transports: Readonly<Record<string, (options: TransportOptions) => Transport>> = {
  Connect: (options) => createConnectTransport({ ...options, useBinaryFormat: true }),
  "Connect with JSON and GET": (options) =>
    createConnectTransport({ ...options, useBinaryFormat: false, useHttpGet: true }),
  "gRPC-Web": (options) => createGrpcWebTransport({ ...options, useBinaryFormat: true }),
  "gRPC-Web with JSON": (options) => createGrpcWebTransport({ ...options, useBinaryFormat: false }),
};

for (const runtime of runtimes) {
  describe(`generated clients on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const baseUrl = `http://127.0.0.1:${server.webPort}`;
    const headers = { authorization: `Bearer ${ada.token}` };

    for (const [name, create] of Object.entries(transports)) {
      const transport = create({ baseUrl });
      const chat = createClient(v1.ChatService, transport);

      test(`over ${name} they sign in, send, read and subscribe`, async () => {
        const auth = createClient(v1.AuthService, transport);
        const credential = { case: "password", value: { handle: "ada", password: PASSWORD } } as const;
        const { accessToken } = await auth.createSession({ credential });
        const signedIn = { headers: { authorization: `Bearer ${accessToken}` } };
        const room = await makeRoom(client, ada);
        const stop = new AbortController();
        const kinds: (string | undefined)[] = [];
        const texts: string[] = [];
        const reading = (async () => {
          for await (const { frames } of chat.subscribe({}, { ...signedIn, signal: stop.signal })) {
            for (const { frame } of frames) {
              kinds.push(frame.case);
              if (frame.case === "ready") {
                const request = { roomId: room.id, clientMessageId: name, text: "hello" };
                const { message } = await chat.sendMessage(request, signedIn);
                assert.equal(message?.seq, 1n);
              }
              if (frame.case === "event" && frame.value.change.case === "message") {
                texts.push(frame.value.change.value.text);
                stop.abort();
              }
            }
          }
        })();
        assert.equal(ConnectError.from(await reading.catch((error: unknown) => error)).code, Code.Canceled);
        assert.deepEqual(texts, ["hello"]);
        assert.ok(kinds.includes("room"));
        const { messages } = await chat.listMessages({ roomId: room.id }, signedIn);
        assert.equal(messages.length, 1);
      });

      test(`over ${name} a refusal has its details, of a call and of a stream`, async () => {
        const wrong = { rooms: [{ roomId: "", revision: 1n }] };
        for (const [call, code, reason, field] of [
          [
            () => chat.sendMessage({ roomId: "" }, { headers }),
            Code.InvalidArgument,
            "FIELD_REQUIRED",
            "room_id",
          ],
          [() => chat.sendMessage({}), Code.Unauthenticated, "SIGN_IN_REQUIRED", undefined],
          [() => drain(chat.subscribe({})), Code.Unauthenticated, "SIGN_IN_REQUIRED", undefined],
          [
            () => drain(chat.subscribe({ hello: wrong }, { headers })),
            Code.InvalidArgument,
            "FIELD_REQUIRED",
            "hello.rooms.room_id",
          ],
        ] as const) {
          const error = ConnectError.from(await call().then(String, (reject: unknown) => reject));
          const [info] = error.findDetails(rpc.ErrorInfoSchema);
          const [request] = error.findDetails(rpc.BadRequestSchema);
          assert.deepEqual([error.code, info?.reason], [code, reason]);
          assert.deepEqual(request?.fieldViolations[0]?.field, field);
          assert.match(error.findDetails(rpc.RequestInfoSchema)[0]?.requestId ?? "", /^[\da-f-]{36}$/);
        }
      });

      test(`over ${name} the simple contract's streams work`, async () => {
        const lobby = createClient(simple.ChatService, transport);
        await lobby.sendMessage({ userName: "Eve", text: `in ${name}: a line\nand ü ✓` });
        const stop = new AbortController();
        const texts: string[] = [];
        const reading = (async () => {
          for await (const { text } of lobby.receiveMessage({}, { signal: stop.signal })) {
            texts.push(text);
            if (text.startsWith(`in ${name}`)) stop.abort();
          }
        })();
        await assert.rejects(reading);
        assert.equal(texts.at(-1), `in ${name}: a line\nand ü ✓`);
        const users = createClient(simple.UserService, transport);
        const found: string[] = [];
        for await (const { name: handle } of users.getUsers({}, { headers })) found.push(handle);
        assert.deepEqual(found, ["ada"]);
      });

      test(`over ${name} a stream ends at its deadline`, async () => {
        const beganAtMs = performance.now();
        const error = await drain(chat.subscribe({}, { headers, timeoutMs: 300 })).catch((error) => error);
        assert.equal(ConnectError.from(error).code, Code.DeadlineExceeded);
        assert.ok(performance.now() - beganAtMs < 5_000);
      });
    }
  });
}

async function drain(responses: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of responses);
}
