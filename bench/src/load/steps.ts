/** Bytes to send, and the bytes that mark the answer; if there are none, any answer will do. */
export interface Step {
  readonly send: Buffer;
  readonly wait: Buffer;
  /** The part of `send` that counts towards HTTP/2's windows. */
  readonly countedBytes?: number;
}

/** Writes a step in the generators' input format: native/input.h. */
export function toStepLine({ send, wait, countedBytes = send.length }: Step): string {
  return `step ${toHex(send)} ${toHex(wait)} ${countedBytes}`;
}

export function toHex(bytes: Buffer): string {
  return bytes.length === 0 ? "-" : bytes.toString("hex");
}
