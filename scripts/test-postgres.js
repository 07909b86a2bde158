/** Runs the tests of features once more, with every server on PostgreSQL. What is about SQLite's files is left out. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const features = [
  "auth/{accounts,erasure,meanwhile,refresh,relationships,service-keys,sessions}",
  "ends/*",
  "erase-rooms/erase-rooms",
  "live/{commands,connect,entering,profiles,removals}",
  "messages/{changes,history,mentions,pace,reactions,reading,repeats,search,search-scripts,sending,unread}",
  "presence/activity",
  "rooms/{members,rooms}",
];

const root = fileURLToPath(new URL("..", import.meta.url));
const files = features.flatMap((feature) => {
  const found = globSync(`packages/server/dist-test/${feature}.test.js`, { cwd: root });
  if (found.length === 0) throw new Error(`no test is at ${feature}`);
  return found;
});
const { status } = spawnSync(
  process.execPath,
  ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files],
  { cwd: root, stdio: "inherit", env: { ...process.env, CONFAB_TEST_STORE: "postgres" } },
);
process.exit(status ?? 1);
