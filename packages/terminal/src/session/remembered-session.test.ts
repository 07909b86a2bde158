import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { RememberedSession } from "./remembered-session.ts";

const ADDRESS = "chat.example.org:443";
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "confab-test-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const folder = () => join(home, ".local/state/confab");
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("the newest token is kept for each server, where nobody else can read it", () => {
  mkdirSync(folder(), { recursive: true, mode: 0o755 });
  {
    using session = RememberedSession.open(ADDRESS, { HOME: home });
    using other = RememberedSession.open("unix:/run/../confab.sock", { HOME: home });
    assert.deepEqual([session.refreshToken, session.isElsewhere], [null, false]);
    session.keep("first");
    session.keep("second");
    other.keep("elsewhere");
    assert.equal(session.refreshToken, "second");
  }
  using again = RememberedSession.open(ADDRESS, { HOME: home });
  assert.equal(again.refreshToken, "second");
  assert.equal(modeOf(folder()), 0o700);
  const files = readdirSync(folder());
  assert.equal(files.length, 3, String(files));
  for (const file of files) assert.equal(modeOf(join(folder(), file)), 0o600, file);
  again.forget();
  assert.equal(again.refreshToken, null);
});

test("$XDG_STATE_HOME is the place where it is an absolute path; without a place nothing is kept", () => {
  const state = join(home, "state");
  using session = RememberedSession.open(ADDRESS, { HOME: home, XDG_STATE_HOME: state });
  session.keep("token");
  assert.ok(readdirSync(join(state, "confab")).includes(`${encodeURIComponent(ADDRESS)}.json`));
  writeFileSync(join(home, "file"), "");
  for (const env of [{ XDG_STATE_HOME: "state" }, {}, { XDG_STATE_HOME: join(home, "file") }]) {
    using nowhere = RememberedSession.open(ADDRESS, env);
    nowhere.keep("token");
    assert.deepEqual([nowhere.refreshToken, nowhere.isElsewhere], [null, false]);
  }
});

test("one at a time has a session, and one that has ended without a word holds up nobody", () => {
  const session = RememberedSession.open(ADDRESS, { HOME: home });
  session.keep("token");
  {
    using second = RememberedSession.open(ADDRESS, { HOME: home });
    assert.deepEqual([second.refreshToken, second.isElsewhere], [null, true]);
    second.keep("another");
    second.forget();
  }
  assert.equal(session.refreshToken, "token");
  session[Symbol.dispose]();

  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(join(folder(), `${encodeURIComponent(ADDRESS)}.json.lock`), String(pid));
  using next = RememberedSession.open(ADDRESS, { HOME: home });
  assert.equal(next.refreshToken, "token");
});

test("a file that is damaged is as good as none", () => {
  mkdirSync(folder(), { recursive: true });
  for (const content of ["", "{", "null", '{"refreshToken":1}']) {
    writeFileSync(join(folder(), `${encodeURIComponent(ADDRESS)}.json`), content);
    using session = RememberedSession.open(ADDRESS, { HOME: home });
    assert.equal(session.refreshToken, null);
  }
});
