/** Something to send, and the bytes in what comes that say it has been answered; any answer where there are none. */
export interface Step {
  readonly send: Buffer;
  readonly wait: Buffer;
  /** How much of it HTTP/2's windows count. */
  readonly countedBytes?: number;
}

/** A step as the generators read it; native/input.h says how. */
export function toStepLine({ send, wait, countedBytes = send.length }: Step): string {
  return `step ${toHex(send)} ${toHex(wait)} ${countedBytes}`;
}

export function toHex(bytes: Buffer): string {
  return bytes.length === 0 ? "-" : bytes.toString("hex");
}
