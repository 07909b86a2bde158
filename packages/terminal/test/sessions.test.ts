import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";
const seed = { users: { ada: { password } } } as const;

/** A folder for what is remembered. */
function stateHome(): { readonly env: { readonly XDG_STATE_HOME: string } } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "confab-test-"));
  return {
    env: { XDG_STATE_HOME: path },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

async function signIn(terminal: FakeTerminal): Promise<void> {
  await terminal.shows("‹Sign in›");
  terminal.press(`ada\t${password}\r`);
  await terminal.shows("connected as ada");
}

test("one goes on as who one was, start after start, until one signs out", async () => {
  await using server = await createTestServer({ seed });
  using state = stateHome();
  const { env } = state;
  const { address } = server;
  {
    await using first = new FakeTerminal({ address, env });
    await signIn(first);
  }
  for (let start = 0; start < 3; start++) {
    await using next = new FakeTerminal({ address, env });
    await next.shows("connected as ada");
    // Past the time in which a token that is used twice is taken for a repeated request.
    await server.clock.advance(60_000);
  }
  {
    await using last = new FakeTerminal({ address, env });
    await last.shows("connected as ada");
    last.press("/signout\r");
    await signIn(last);
    last.press("/signout\r");
    await last.shows("‹Sign in›");
    assert.ok(!last.screen.text.includes("can't"), last.screen.text);
  }
  await using after = new FakeTerminal({ address, env });
  await after.shows("‹Sign in›");
  assert.deepEqual(readdirSync(join(env.XDG_STATE_HOME, "confab")), [
    `${encodeURIComponent(address)}.json.lock`,
  ]);
});

test("a flag says who one is, whoever one was before, and is remembered in its place", async () => {
  await using server = await createTestServer({ seed });
  using state = stateHome();
  const { env } = state;
  const { address } = server;
  {
    await using ada = new FakeTerminal({ address, env });
    await signIn(ada);
  }
  {
    await using guest = new FakeTerminal({ address, env, guest: "Grace" });
    await guest.shows("connected as Grace");
  }
  {
    await using again = new FakeTerminal({ address, env });
    await again.shows("connected as Grace");
  }
  await using ada = new FakeTerminal({ address, env, user: "ada" });
  await ada.shows("Handle    ada");
});

test("a session that has ended leads to the sign-in screen, with a line that says why", async () => {
  await using server = await createTestServer({ seed });
  using state = stateHome();
  const { env } = state;
  const { address } = server;
  {
    await using ada = new FakeTerminal({ address, env });
    await signIn(ada);
  }
  await server.clock.advance(400 * 24 * 3_600_000);
  {
    await using ada = new FakeTerminal({ address, env });
    await ada.shows("your last session has ended: sign in again");
    await signIn(ada);
  }
  await using ada = new FakeTerminal({ address, env });
  await ada.shows("connected as ada");
});

test("a second terminal beside the first asks who one is, and leaves the first its session", async () => {
  await using server = await createTestServer({ seed });
  using state = stateHome();
  const { env } = state;
  const { address } = server;
  await using first = new FakeTerminal({ address, env });
  await signIn(first);
  {
    await using second = new FakeTerminal({ address, env });
    await second.shows("another terminal goes on with your last session");
    await signIn(second);
    second.press("/signout\r");
    await second.shows("‹Sign in›");
  }
  first.press("/quit\r");
  await first.ended();
  await using third = new FakeTerminal({ address, env });
  await third.shows("connected as ada");
});

test("who signs out where the server can't be reached is forgotten all the same", async () => {
  await using stopped = new AsyncDisposableStack();
  const server = stopped.use(await createTestServer({ seed }));
  using state = stateHome();
  const { env } = state;
  const { address } = server;
  await using ada = new FakeTerminal({ address, env });
  await signIn(ada);
  await stopped.disposeAsync();
  await ada.shows("reconnecting");
  ada.press("/signout\r");
  await ada.shows(/signed out here, but the server could not be told: .*\n.* it does not answer/);
  const kept = () => readdirSync(join(env.XDG_STATE_HOME, "confab")).filter((name) => name.endsWith(".json"));
  assert.deepEqual(kept(), []);
  ada.press("\u0003");
  assert.equal(await ada.ended(), null);
});

test("`/signout` ends the session on the server", async () => {
  await using server = await createTestServer({ seed });
  using state = stateHome();
  await using terminal = new FakeTerminal({ address: server.address, env: state.env });
  await signIn(terminal);
  const path = join(state.env.XDG_STATE_HOME, "confab", `${encodeURIComponent(server.address)}.json`);
  const { refreshToken } = JSON.parse(readFileSync(path, "utf8")) as { refreshToken: string };
  terminal.press("/signout\r");
  await terminal.shows("‹Sign in›");
  await assert.rejects(connect(server.address, { refreshToken }), { name: "UnauthenticatedError" });
});
