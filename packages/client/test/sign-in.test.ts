import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Chat,
  ConfabError,
  ConflictError,
  connect,
  connectOver,
  type Environment,
  InvalidArgumentError,
  type SessionTokens,
  UnauthenticatedError,
  UnavailableError,
} from "@confab/client";
import { v1 } from "@confab/protocol";
import type { TestServer } from "@confab/server/testing";
import { connectAs, disconnect, untilStatus } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { connectTo, createTestServer, transportTo } from "./support/test-server.ts";
import { all, until } from "./support/wait.ts";

const password = "correct horse battery";
const seed = {
  users: { ada: { password, displayName: "Ada L." } },
  rooms: { engine: { owner: "ada" } },
} as const;
const MINUTE_MS = 60_000;

/** Connects with the test's clock, and collects the issued tokens. */
async function connectByClock(
  server: Pick<TestServer<"ada", never>, "users" | "signIn" | "address">,
  { nowMs }: Pick<Environment, "nowMs">,
  tokens: SessionTokens[],
): Promise<Chat> {
  const { refreshToken } = await server.signIn(server.users.ada.id);
  const options = { refreshToken, onSession: (issued: SessionTokens) => void tokens.push(issued) };
  return connectOver(transportTo(server.address), options, { nowMs, random: Math.random });
}

describe("signing in", () => {
  test("with a password, whatever the case of the handle", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectTo(server.address, { handle: "Ada", password, deviceName: "a desk" });
    assert.equal(chat.me.handle, "ada");
    assert.equal(chat.me.displayName, "Ada L.");
    assert.deepEqual(chat.connection.get(), { status: "online" });
    assert.deepEqual(
      chat.rooms.get().map(({ info }) => info.get().title),
      ["engine"],
    );
  });

  test("as a guest, and where guests are not let in", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectTo(server.address, { guest: "Grace" });
    assert.deepEqual([chat.me.displayName, chat.me.kind], ["Grace", "guest"]);

    await using closed = await createTestServer({ seed, settings: { guests: "false" } });
    await assert.rejects(connectTo(closed.address, { guest: "Grace" }), {
      name: "PermissionError",
      reason: "GUESTS_NOT_ALLOWED",
    });
  });

  test("with a new account; a handle that is taken, a weak password", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectTo(server.address, {
      register: { handle: "grace", password, displayName: "G" },
    });
    assert.deepEqual([chat.me.handle, chat.me.displayName], ["grace", "G"]);
    const taken = connectTo(server.address, { register: { handle: "ada", password: "another password" } });
    await assert.rejects(taken, (error) => error instanceof ConflictError && error.reason === "HANDLE_TAKEN");
    await assert.rejects(
      connectTo(server.address, { register: { handle: "kay", password: "short" } }),
      (error) => {
        assert.ok(error instanceof InvalidArgumentError);
        assert.equal(error.reason, "PASSWORD_TOO_SHORT");
        assert.deepEqual(
          error.fieldViolations.map(({ field }) => field),
          ["password"],
        );
        return true;
      },
    );
  });

  test("a registration whose answer is lost signs in all the same", async () => {
    await using server = await createTestServer({ faults: { dropAnswer: { method: "CreateUser", at: 1 } } });
    await using chat = await connectTo(server.address, { register: { handle: "grace", password } });
    assert.equal(chat.me.handle, "grace");
  });

  test("a wrong password and an unknown handle are refused alike", async () => {
    await using server = await createTestServer({ seed });
    for (const credential of [
      { handle: "ada", password: "wrong wrong wrong" },
      { handle: "nobody", password },
    ]) {
      await assert.rejects(connectTo(server.address, credential), (error) => {
        assert.ok(error instanceof UnauthenticatedError && error instanceof ConfabError);
        assert.deepEqual([error.reason, error.code], ["CREDENTIALS_WRONG", 16]);
        return true;
      });
    }
  });

  test("an external token is asked for, and refused where the server knows no provider", async () => {
    await using server = await createTestServer({ seed });
    let asked = 0;
    const externalToken = async (): Promise<string> => {
      asked++;
      return "a.b.c";
    };
    await assert.rejects(connectTo(server.address, { externalToken }), { reason: "EXTERNAL_SIGN_IN_OFF" });
    assert.equal(asked, 1);
  });

  test("goes on with a session by its refresh token, and hands out each new one", async () => {
    await using server = await createTestServer({ seed });
    const tokens: SessionTokens[] = [];
    const onSession = (issued: SessionTokens): void => void tokens.push(issued);
    const first = await connectTo(server.address, { handle: "ada", password, onSession });
    await first.close();
    const { refreshToken } = tokens[0] ?? assert.fail("no tokens");
    const second = await connectTo(server.address, { refreshToken, onSession });
    await second.close();
    assert.notEqual(tokens[1]?.refreshToken, refreshToken);
    await assert.rejects(connectTo(server.address, { refreshToken: "nonsense" }), UnauthenticatedError);
  });

  test("a server that can't be reached rejects at once, or is waited for", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open("");
    await assert.rejects(connectTo(proxy.address, { handle: "ada", password }), UnavailableError);
    const options = { waitForServer: true, reconnect: { minDelayMs: 10, maxDelayMs: 50 } };
    const connecting = connectTo(proxy.address, { handle: "ada", password, ...options });
    await until(() => proxy.refused >= 3, "some attempts");
    proxy.target = server.address;
    await using chat = await connecting;
    assert.equal(chat.me.handle, "ada");
  });

  test("a server that goes away between the sign-in and the first reads is waited for too", async () => {
    const faults = { dropAnswer: { method: "GetUser", at: 1 } } as const;
    const reconnect = { minDelayMs: 10, maxDelayMs: 50 };
    for (const waitForServer of [true, false]) {
      await using server = await createTestServer({ seed, faults });
      const connecting = connectTo(server.address, { handle: "ada", password, waitForServer, reconnect });
      if (waitForServer) await (await connecting).close();
      else await assert.rejects(connecting, UnavailableError);
    }
  });

  test("what is no address is refused before anything is tried", async () => {
    for (const address of [
      "",
      "localhost",
      "localhost:",
      "localhost:99999",
      "http://localhost:1",
      "a b:1",
      ":50051",
    ]) {
      await assert.rejects(connect(address, { guest: "x" }), { reason: "ADDRESS_INVALID" }, address);
    }
    await assert.rejects(connect("no-such-host.invalid:50051", { guest: "x" }), UnavailableError);
  });

  test("gives up when its signal aborts, at any time", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 100 } } });
    const why = new Error("not now");
    const credential = { handle: "ada", password };
    await assert.rejects(connectTo(server.address, { ...credential, signal: AbortSignal.abort(why) }), why);
    for (const ms of [1, 50, 150, 250, 350]) {
      const signal = AbortSignal.timeout(ms);
      await assert.rejects(connectTo(server.address, { ...credential, signal }), { name: "TimeoutError" });
    }
    const aborting = new AbortController();
    const chat = await connectTo(server.address, { ...credential, signal: aborting.signal });
    aborting.abort(why);
    await untilStatus(chat, "closed");
  });

  test("a request that takes too long is given up on", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 250 } } });
    await assert.rejects(connectTo(server.address, { guest: "x", requestTimeoutMs: 50 }), UnavailableError);
  });
});

describe("staying signed in", () => {
  test("the access token is replaced before it expires, once for all who need it", async () => {
    await using server = await createTestServer({ seed });
    const tokens: SessionTokens[] = [];
    await using chat = await connectByClock(server, { nowMs: server.clock.now }, tokens);
    await server.clock.advance(3 * MINUTE_MS);
    await chat.users.search("a");
    assert.equal(tokens.length, 1);
    await server.clock.advance(1.5 * MINUTE_MS);
    await Promise.all(["a", "b", "c", "d"].map((query) => chat.users.search(query)));
    assert.equal(tokens.length, 2);
    await server.clock.advance(60 * MINUTE_MS);
    await chat.users.search("a");
    assert.equal(tokens.length, 3);
  });

  test("if the client's clock is wrong, the call is repeated with a new token", async () => {
    await using server = await createTestServer({ seed });
    const tokens: SessionTokens[] = [];
    const startMs = server.clock.now();
    await using chat = await connectByClock(server, { nowMs: () => startMs }, tokens);
    await server.clock.advance(10 * MINUTE_MS);
    assert.equal((await chat.users.search("ada")).length, 1);
    assert.equal(tokens.length, 2);
  });

  test("a stream that is opened after the token has expired gets a new one", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    const startMs = server.clock.now();
    await using chat = await connectByClock(
      { ...server, address: proxy.address },
      { nowMs: () => startMs },
      [],
    );
    await server.clock.advance(10 * MINUTE_MS);
    proxy.cut();
    await untilStatus(chat, "reconnecting");
    await untilStatus(chat, "online");
  });

  test("a refresh whose answer is lost is repeated", async () => {
    await using server = await createTestServer({
      seed,
      faults: { dropAnswer: { method: "RefreshSession", at: 2 } },
    });
    const tokens: SessionTokens[] = [];
    await using chat = await connectByClock(server, { nowMs: server.clock.now }, tokens);
    await server.clock.advance(10 * MINUTE_MS);
    // The answer is lost to this call, or to one that the SDK makes by itself.
    await chat.users.search("a").catch((error: unknown) => assert.ok(error instanceof UnavailableError));
    await chat.users.search("a");
    assert.equal(tokens.length, 2);
  });

  test("a session that is ended elsewhere closes the chat, with the reason", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectTo(server.address, { handle: "ada", password });
    const room = await chat.rooms.open("engine");
    const reading = assert.rejects(all(room.messages()), UnauthenticatedError);
    const transport = transportTo(server.address);
    const { accessToken } = server.users.ada;
    await transport.unary(
      v1.AuthService.method.deleteSession,
      { all: true },
      { accessToken, timeoutMs: 5_000 },
    );
    transport.close();
    const state = await untilStatus(chat, "closed");
    assert.ok(state.status === "closed" && state.error instanceof UnauthenticatedError);
    assert.equal(state.error.reason, "SESSION_REVOKED");
    await reading;
    await assert.rejects(room.send("too late"), UnauthenticatedError);
  });

  test("signing out ends the session on the server, closing does not", async () => {
    await using server = await createTestServer({ seed });
    let refreshToken = "";
    const onSession = (tokens: SessionTokens): void => {
      ({ refreshToken } = tokens);
    };
    const first = await connectTo(server.address, { handle: "ada", password, onSession });
    await first.close();
    const second = await connectTo(server.address, { refreshToken, onSession });
    await second.signOut();
    assert.deepEqual(second.connection.get(), { status: "closed" });
    await assert.rejects(connectTo(server.address, { refreshToken }), UnauthenticatedError);
  });

  test("signing out while the server can't be reached closes the chat even so", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    const chat = await connectAs(server, "ada", { address: proxy.address });
    await disconnect(chat, proxy);
    await assert.rejects(chat.signOut(), UnavailableError);
    assert.deepEqual(chat.connection.get(), { status: "closed" });
    await chat.close();
  });

  test("what is called after closing is refused", async () => {
    await using server = await createTestServer({ seed });
    const chat = await connectAs(server, "ada");
    const room = await chat.rooms.open("engine");
    await chat.close();
    await chat.close();
    for (const call of [chat.users.search("a"), room.send("x"), room.markRead(), room.edit(1, "x")]) {
      await assert.rejects(call, { name: "ClosedError", reason: "CLOSED" });
    }
    assert.deepEqual(await all(room.messages()), []);
  });
});
