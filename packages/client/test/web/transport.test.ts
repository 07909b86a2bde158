import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { type ConfabError, connectOver, grpcTransport, type Transport } from "@confab/client";
import { webTransport } from "@confab/client/web";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { connectAs, numbers, roomOf, textsOf } from "../support/chats.ts";
import { HANG_MS } from "../support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;
const { getServerInfo, createSession } = v1.AuthService.method;
const { sendMessage } = v1.ChatService.method;

/** Serves what is no Confab server, and makes a call there. */
async function callTo(answer: RequestListener, timeoutMs = HANG_MS, signal?: AbortSignal): Promise<unknown> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const transport = webTransport(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await transport.unary(getServerInfo, {}, { timeoutMs, signal });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("a call that gets no answer", () => {
  test("says that no server answers, or that it is no Confab server", async () => {
    const transport = webTransport("http://127.0.0.1:1");
    const lost = { name: "UnavailableError", reason: "CONNECTION_LOST" };
    await assert.rejects(transport.unary(getServerInfo, {}, { timeoutMs: HANG_MS }), {
      ...lost,
      message: "can't reach http://127.0.0.1:1: no server answers there, or the network is down",
    });
    const page: RequestListener = (_request, response) =>
      response.setHeader("content-type", "text/html").end("<html>");
    await assert.rejects(callTo(page), { ...lost, message: /is no Confab server.*content type text\/html/ });
    const proxy: RequestListener = (_request, response) => response.writeHead(401).end();
    await assert.rejects(callTo(proxy), { ...lost, message: /is no Confab server.*HTTP 401/ });
  });

  test("ends at its deadline, or with the signal's reason", async () => {
    const silent: RequestListener = () => {};
    await assert.rejects(callTo(silent, 50), { name: "UnavailableError", code: 4, reason: "" });
    const reason = new Error("enough");
    await assert.rejects(callTo(silent, HANG_MS, AbortSignal.abort(reason)), reason);
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(reason), 50);
    await assert.rejects(callTo(silent, HANG_MS, aborting.signal), reason);
  });

  test("because the transport is closed is refused", async () => {
    const transport = webTransport("http://127.0.0.1:1");
    transport.close();
    await assert.rejects(transport.unary(getServerInfo, {}, { timeoutMs: HANG_MS }), { name: "ClosedError" });
  });
});

test("a refusal is the same error as over gRPC", async () => {
  const settings = { rateLimits: "true", limitSend: "1/60" };
  await using server = await createTestServer({ seed, settings });
  const roomId = server.rooms.engine.id;
  const refusals = async (transport: Transport, name: "ada" | "grace"): Promise<unknown[]> => {
    const { accessToken } = await server.signIn(server.users[name].id);
    const details = ({ code, reason, message, fieldViolations, retryAfterMs }: ConfabError): unknown => ({
      ...{ code, reason, message, fieldViolations },
      waits: retryAfterMs !== undefined && retryAfterMs > 0,
    });
    const options = { accessToken, timeoutMs: HANG_MS };
    const send = (text: string): Promise<unknown> =>
      transport.unary(sendMessage, { roomId, text }, options).then(() => "sent", details);
    const password = { case: "password", value: { handle: "ada", password: "wrong password" } } as const;
    const signIn = transport.unary(createSession, { credential: password }, { timeoutMs: HANG_MS });
    return [await send(""), await send("1"), await send("2"), await signIn.catch(details)];
  };
  const overWeb = await refusals(webTransport(server.webAddress), "ada");
  assert.deepEqual(overWeb, await refusals(grpcTransport(server.address, false), "grace"));
  assert.deepEqual(
    overWeb.map((refusal) =>
      typeof refusal === "object" && refusal && "reason" in refusal ? refusal.reason : refusal,
    ),
    ["TEXT_EMPTY", "sent", "RATE_LIMITED", "CREDENTIALS_WRONG"],
  );
});

test("the messages of a room go one after the other, past one that is refused; rooms don't wait for each other", async () => {
  await using server = await createTestServer({
    seed: { ...seed, rooms: { ...seed.rooms, other: { owner: "ada" } } },
  });
  const transport = webTransport(server.webAddress);
  let [underWay, most, mostOfRoom] = [0, 0, 0];
  const byRoom = new Map<string, number>();
  const counting: Transport = {
    connect: (hello, options) => transport.connect(hello, options),
    reset: () => transport.reset(),
    close: () => transport.close(),
    async unary(method, request, options) {
      if (method.name !== "SendMessage") return transport.unary(method, request, options);
      const { roomId } = request as { roomId: string };
      byRoom.set(roomId, (byRoom.get(roomId) ?? 0) + 1);
      most = Math.max(most, ++underWay);
      mostOfRoom = Math.max(mostOfRoom, byRoom.get(roomId) ?? 0);
      try {
        return await transport.unary(method, request, options);
      } finally {
        underWay--;
        byRoom.set(roomId, (byRoom.get(roomId) ?? 0) - 1);
      }
    },
  };
  const { refreshToken } = await server.signIn(server.users.ada.id);
  await using chat = await connectOver(counting, { refreshToken });
  const [room, other] = [roomOf(chat, server.rooms.engine), roomOf(chat, server.rooms.other)];
  const sends = numbers(40).flatMap((text) => [
    room.send(text, text === "4" ? { replyToSeq: 1_000 } : {}).then(
      () => "",
      ({ reason }: ConfabError) => reason,
    ),
    other.send(text).then(() => ""),
  ]);
  const refused = (await Promise.all(sends)).filter((reason) => reason !== "");
  assert.deepEqual(refused, ["MESSAGE_NOT_FOUND"]);
  assert.deepEqual([mostOfRoom, most], [1, 2]);
  await using grace = await connectAs(server, "grace");
  const there = roomOf(grace, server.rooms.engine);
  while (await there.loadOlder());
  assert.deepEqual(
    textsOf(there),
    numbers(40).filter((text) => text !== "4"),
  );
});
