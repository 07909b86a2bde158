import assert from "node:assert/strict";
import { test } from "node:test";
import { Aligner } from "./aligned-output.ts";

const CSI = "\u001b[";

test("plain text, wide letters and styles pass as they are", () => {
  for (const output of [
    "hello\r\n",
    `${CSI}1;36mada${CSI}0m: 中文 e`,
    `${CSI}?2026h${CSI}2;3H`,
    "\u001b]2;x\u0007",
  ])
    assert.equal(new Aligner().align(output, 80), output);
});

test("behind an emoji the cursor goes to the column where the next character belongs", () => {
  const aligner = new Aligner();
  assert.equal(aligner.align("ab❤️c", 80), `ab  ${CSI}2D❤️${CSI}5G${CSI}Kc`);
  assert.equal(aligner.align("\r👍🏽", 80), `\r  ${CSI}2D👍🏽${CSI}3G${CSI}K`);
  assert.equal(aligner.align(`${CSI}11G☺`, 80), `${CSI}11G ${CSI}1D☺${CSI}12G${CSI}K`);
  assert.equal(aligner.align(`\n中🇩🇪`, 80), `\n中  ${CSI}2D🇩🇪${CSI}5G${CSI}K`);
});

test("in the last column nothing is erased", () => {
  assert.equal(new Aligner().align("ab❤️", 4), "ab❤️");
  assert.equal(new Aligner().align("ab❤️", 5), `ab  ${CSI}2D❤️${CSI}5G${CSI}K`);
});
