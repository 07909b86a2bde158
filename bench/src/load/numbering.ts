/** A placeholder in a message for the number of its call. It makes every message different. */
export const NUMBER_PLACE = "0".repeat(12);

const DIGIT_ZERO = 0x30;

/** Finds the placeholders in an encoded message. */
export function findNumberPlaces(message: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let at = message.indexOf(NUMBER_PLACE); at >= 0; at = message.indexOf(NUMBER_PLACE, at + 1)) {
    offsets.push(at);
    at += NUMBER_PLACE.length - 1;
  }
  return offsets;
}

/** Writes a call's number with leading zeros, to the width of the placeholder. */
export function writeNumber(bytes: Buffer, offset: number, number: number): void {
  let rest = number;
  for (let digit = NUMBER_PLACE.length - 1; digit >= 0; digit--) {
    bytes[offset + digit] = DIGIT_ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
