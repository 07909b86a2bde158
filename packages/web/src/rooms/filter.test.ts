import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomInfo } from "@confab/client/core";
import { filterRooms } from "./filter.ts";

const titled = (title: string): RoomInfo => ({ title }) as RoomInfo;

test("rooms are found by parts of their titles, without case and accents", () => {
  const rooms = ["Release team", "Général", "team lunch"].map(titled);
  const titles = (query: string): string[] => filterRooms(rooms, query).map(({ title }) => title);
  assert.deepEqual(titles("team"), ["Release team", "team lunch"]);
  assert.deepEqual(titles(" GENE"), ["Général"]);
  assert.deepEqual(titles("te rel"), ["Release team"]);
  assert.equal(titles("").length, 3);
  assert.deepEqual(titles("x"), []);
});
