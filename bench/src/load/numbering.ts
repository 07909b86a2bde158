/** Stands in a message, any number of times, for the number of the call that carries it: no two are alike then. */
export const NUMBER_PLACE = "0".repeat(12);

const DIGIT_ZERO = 0x30;

/** Where the places are in an encoded message. */
export function findNumberPlaces(message: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let at = message.indexOf(NUMBER_PLACE); at >= 0; at = message.indexOf(NUMBER_PLACE, at + 1)) {
    offsets.push(at);
    at += NUMBER_PLACE.length - 1;
  }
  return offsets;
}

/** Writes a call's number, in as many digits as the place has. */
export function writeNumber(bytes: Buffer, offset: number, number: number): void {
  let rest = number;
  for (let digit = NUMBER_PLACE.length - 1; digit >= 0; digit--) {
    bytes[offset + digit] = DIGIT_ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
