import type { WebRequest, WebResponse } from "./listener.ts";

/** A whole answer that is known before it is sent. */
interface WholeAnswer {
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends an answer, without its body if only its headers were asked for. */
export function send(
  request: WebRequest,
  response: WebResponse,
  { code, headers = {}, body = "" }: WholeAnswer,
): void {
  response.statusCode = code;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(request.method === "HEAD" ? "" : body);
}
