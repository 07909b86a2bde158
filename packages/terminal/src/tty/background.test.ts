import assert from "node:assert/strict";
import { test } from "node:test";
import { backgroundFrom, guessedBackground } from "./background.ts";

test("the terminal's answer says if its background is dark or light", () => {
  const answers = {
    "rgb:0000/0000/0000": "dark",
    "rgb:ffff/ffff/ffff": "light",
    "rgb:00/2b/36": "dark",
    "rgb:fd/f6/e3": "light",
    "rgb:f/f/f": "light",
    "rgba:2828/2a2a/3636/ffff": "dark",
    "rgb:8080/8080/8080": "light",
    "rgb:ffff/ffff": "unknown",
    "?": "unknown",
    "": "unknown",
  };
  for (const [answer, background] of Object.entries(answers))
    assert.equal(backgroundFrom(answer), background, answer);
});

test("COLORFGBG is a guess where it is set", () => {
  const guesses = {
    "15;0": "dark",
    "0;15": "light",
    "0;default;15": "light",
    "7;8": "dark",
    "0;7": "light",
    "": "unknown",
    "0;default": "unknown",
  };
  for (const [variable, background] of Object.entries(guesses))
    assert.equal(guessedBackground(variable), background, variable);
  assert.equal(guessedBackground(undefined), "unknown");
});
