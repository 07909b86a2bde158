import assert from "node:assert/strict";
import { test } from "node:test";
import { takePiece } from "./piece.ts";

const texts = (...lengths: readonly number[]) => lengths.map((characters) => ({ characters }));

test("short messages count as one row each", () => {
  const piece = takePiece(texts(0, 10, 2_499), 2);
  assert.deepEqual(piece, { rows: texts(0, 10), weight: 2, isCut: true });
});

test("long messages count as several", () => {
  assert.deepEqual(takePiece(texts(16_000, 16_000, 1, 1), 14), {
    rows: texts(16_000, 16_000),
    weight: 14,
    isCut: true,
  });
});

test("each further room counts as three more rows", () => {
  const rows = ["a", "a", "b", "c"].map((room_id) => ({ room_id, characters: 1 }));
  assert.deepEqual(takePiece(rows, 6), { rows: rows.slice(0, 3), weight: 6, isCut: true });
});

test("one message is taken whatever its length, and none where there is none", () => {
  assert.deepEqual(takePiece(texts(16_000), 1), { rows: texts(16_000), weight: 7, isCut: false });
  assert.deepEqual(takePiece([], 100), { rows: [], weight: 0, isCut: false });
});
