import { roomPath } from "../shell/routes.ts";

/** The content of the pane beside the conversation. */
export type Pane =
  | { readonly kind: "details" }
  | { readonly kind: "pins" }
  | { readonly kind: "thread"; readonly rootSeq: number };

/** Reads the open pane from a URL's query; null if there is none. */
export function paneOf(search: string): Pane | null {
  const query = new URLSearchParams(search);
  const thread = query.get("thread");
  if (thread !== null && /^[1-9]\d{0,14}$/.test(thread)) return { kind: "thread", rootSeq: Number(thread) };
  const pane = query.get("pane");
  return pane === "details" || pane === "pins" ? { kind: pane } : null;
}

/** The URL of a room with a pane beside it, at a message if `seq` is given. */
export function panePath(roomId: string, pane: Pane, seq?: number): string {
  const query = pane.kind === "thread" ? `thread=${pane.rootSeq}` : `pane=${pane.kind}`;
  return `${roomPath(roomId, seq)}?${query}`;
}

/** The URL of a message, chosen in a pane: the pane stays where there is room for both. */
export function besidePath(roomId: string, pane: Pane, seq: number): string {
  return matchMedia("(min-width: 1100px)").matches ? panePath(roomId, pane, seq) : roomPath(roomId, seq);
}
