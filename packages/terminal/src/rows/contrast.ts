/** A colour as red, green and blue, 0 to 1 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour of this luminance contrasts equally with black and with white. */
export const MIDDLE_LUMINANCE = 0.179;

/** The relative luminance of a colour, 0 to 1, as WCAG 2 defines it. */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
