import type { Color } from "./row.ts";

/** The terminal's background, as far as it has told. */
export type Background = "dark" | "light" | "unknown";

/** The parameters of "select graphic rendition" for each colour. */
export type Palette = Readonly<Record<Color, string>>;

/** A colour of the 216 in the cube that all terminals of 256 colours share: their own 16 differ too much to be measured. */
const cube = (index: number): string => `38;5;${index}`;

/**
 * The colours for each background. On dark and light ones every colour is legible: its contrast is at least 4.5, as WCAG
 * 2 asks for. Where the background is unknown, names have colours of that contrast on black and on white; the few others
 * are the terminal's own.
 */
export const palettes = {
  dark: {
    red: cube(210),
    green: cube(114),
    yellow: cube(221),
    cyan: cube(80),
    name0: cube(75),
    name1: cube(80),
    name2: cube(143),
    name3: cube(141),
    name4: cube(212),
    name5: cube(215),
    name6: cube(113),
    name7: cube(117),
    name8: cube(177),
    name9: cube(111),
  },
  light: {
    red: cube(124),
    green: cube(22),
    yellow: cube(94),
    cyan: cube(23),
    name0: cube(25),
    name1: cube(23),
    name2: cube(58),
    name3: cube(92),
    name4: cube(125),
    name5: cube(94),
    name6: cube(22),
    name7: cube(24),
    name8: cube(127),
    name9: cube(61),
  },
  unknown: {
    red: "31",
    green: "32",
    yellow: "33",
    cyan: "36",
    name0: cube(63),
    name1: cube(29),
    name2: cube(131),
    name3: cube(98),
    name4: cube(163),
    name5: cube(131),
    name6: cube(29),
    name7: cube(63),
    name8: cube(163),
    name9: cube(98),
  },
} as const satisfies Readonly<Record<Background, Palette>>;
