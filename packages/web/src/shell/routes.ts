/** The URL of a room, or of a message in it. */
export function roomPath(roomId: string, seq?: number): string {
  const room = `/r/${encodeURIComponent(roomId)}`;
  return seq === undefined ? room : `${room}/${seq}`;
}

/** Reads the number of a message from a URL; undefined if there is none. */
export function seqOf(parameter: string | undefined): number | undefined {
  return parameter !== undefined && /^[1-9]\d{0,14}$/.test(parameter) ? Number(parameter) : undefined;
}
