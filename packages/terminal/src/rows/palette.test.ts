import assert from "node:assert/strict";
import { test } from "node:test";
import { luminance, type Rgb } from "./contrast.ts";
import { palettes } from "./palette.ts";

/** Backgrounds that people use: black, and the dark and light ones of widespread themes. */
const backgrounds = {
  dark: ["#000000", "#1e1e1e", "#282a36", "#002b36", "#2e3440"],
  light: ["#ffffff", "#fdf6e3", "#eee8d5", "#f0f0f0"],
  unknown: ["#000000", "#ffffff"],
} as const;

const LEVELS = [0, 95, 135, 175, 215, 255];

/** The colour cube of xterm's 256 colours: index 16 to 231. */
function ofCube(code: string): Rgb | null {
  const index = Number(/^38;5;(\d+)$/.exec(code)?.[1] ?? Number.NaN) - 16;
  if (Number.isNaN(index)) return null;
  assert.ok(index >= 0 && index < 216, code);
  const level = (place: number): number => (LEVELS[Math.floor(index / place) % 6] ?? 0) / 255;
  return [level(36), level(6), level(1)];
}

function ofHex(hex: string): Rgb {
  const channel = (from: number): number => Number.parseInt(hex.slice(from, from + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("the contrast of two colours is that of WCAG", () => {
  assert.equal(contrast(ofHex("#000000"), ofHex("#ffffff")), 21);
  assert.ok(Math.abs(contrast(ofHex("#767676"), ofHex("#ffffff")) - 4.54) < 0.01);
});

test("names are legible on every background, and everything else where it is known", () => {
  let least = 21;
  for (const background of ["dark", "light", "unknown"] as const) {
    for (const [name, code] of Object.entries(palettes[background])) {
      const color = ofCube(code);
      assert.ok(color || (background === "unknown" && !name.startsWith("name")), `${background} ${name}`);
      for (const behind of color ? backgrounds[background] : []) {
        const ratio = contrast(color ?? [0, 0, 0], ofHex(behind));
        assert.ok(ratio >= 4.5, `${name} on ${behind}: ${ratio.toFixed(2)}`);
        least = Math.min(least, ratio);
      }
    }
  }
  assert.ok(least < 21);
});

test("on a known background no two names share a colour", () => {
  for (const background of ["dark", "light"] as const) {
    const names = Object.entries(palettes[background]).filter(([name]) => name.startsWith("name"));
    assert.equal(new Set(names.map(([, code]) => code)).size, names.length);
  }
});
