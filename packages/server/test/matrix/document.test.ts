import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../support/runtimes.ts";
import { meanings } from "./answers.ts";
import { accessDocument, UPDATE_COMMAND } from "./document.ts";
import { expectedTable, expectedWhereClosed } from "./expected.ts";
import { expectedActing } from "./expected-users.ts";
import { roomTable } from "./rooms/expected.ts";
import { deletedRoom } from "./rooms/rows.ts";

const PATH = join(root, "docs/access.md");

test("docs/access.md says what the table says", () => {
  const document = accessDocument();
  if (process.env.CONFAB_TEST_UPDATE === "true") writeFileSync(PATH, document);
  assert.ok(readFileSync(PATH, "utf8") === document, `docs/access.md is out of date: ${UPDATE_COMMAND}`);
});

test("every answer that is explained is one of the table", () => {
  const tables = [...Object.values(expectedTable), ...Object.values(expectedWhereClosed), expectedActing];
  const used = new Set<string>([...tables, ...Object.values(roomTable), Object.values(deletedRoom)].flat(2));
  assert.deepEqual(
    Object.keys(meanings).filter((outcome) => !used.has(outcome)),
    [],
  );
});
