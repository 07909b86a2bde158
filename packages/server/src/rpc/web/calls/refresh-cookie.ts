import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { REFRESH_IDLE_MS } from "../../../app/sessions/sessions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { BoundMethod } from "../../binding.ts";
import { isLoopbackName, isOwnPage } from "../hosts.ts";
import type { Exchange } from "./exchange.ts";

/**
 * The header with which a page asks that its refresh token be kept in a cookie. A page of another site can't send it
 * without a preflight, so no such page can use the cookie.
 */
export const REFRESH_HEADER = "x-confab-refresh";
const IN_COOKIE = "cookie";

const { createSession, refreshSession, deleteSession } = v1.AuthService.method;

/** Keeps the refresh token of a page where its scripts can't read it, during one call of AuthService. */
export interface RefreshCookie {
  /** Puts the token of the cookie into a request that has none. @throws ChatError FIELD_INVALID for a wrong header */
  fillIn(request: object): object;
  /** Moves the token of a response into the cookie. */
  takeOut(response: Response): Response;
  /** Clears the cookie if its token is no longer good. */
  failed(error: unknown): void;
}

type Response = MessageInitShape<DescMessage>;

/** Returns null for a call that uses no cookie: the page has not asked for one, or a browser would not keep it. */
export function refreshCookieOf(exchange: Exchange, { method }: BoundMethod): RefreshCookie | null {
  const { request, response } = exchange;
  const asked = request.headers[REFRESH_HEADER];
  const name = cookieName(exchange);
  if (asked === undefined || name === null || !usesCookie(method)) return null;
  let endsOwn = false;
  const set = (token: string, maxAgeMs: number): void => {
    const attributes = `Path=/; Max-Age=${maxAgeMs / 1_000}; Secure; HttpOnly; SameSite=Strict`;
    response.setHeader("set-cookie", `${name}=${token}; ${attributes}`);
  };
  return {
    fillIn(message) {
      if (asked !== IN_COOKIE) throw wrongHeader();
      endsOwn = method === deleteSession && isEmpty(message, "sessionId") && isEmpty(message, "userId");
      if (method !== refreshSession || !isEmpty(message, "refreshToken")) return message;
      return { ...message, refreshToken: readCookie(request.headers.cookie, name) };
    },
    takeOut(message) {
      if (endsOwn) set("", 0);
      if (!("refreshToken" in message) || typeof message.refreshToken !== "string") return message;
      set(message.refreshToken, REFRESH_IDLE_MS);
      return { ...message, refreshToken: "" };
    },
    failed(error) {
      if (method !== refreshSession) return;
      if (error instanceof ChatError && error.kind === "unauthenticated") set("", 0);
    },
  };
}

function usesCookie(method: BoundMethod["method"]): boolean {
  return method === createSession || method === refreshSession || method === deleteSession;
}

/**
 * Returns null where the cookie can't be used: for other programs than pages of this server, and without TLS anywhere but
 * on this machine. The name has the port, because the cookies of a host are sent to all its ports.
 */
function cookieName({ request }: Exchange): string | null {
  const origin = URL.parse(request.headers.origin ?? "");
  if (!origin || !isOwnPage(request)) return null;
  const { protocol, hostname, port } = origin;
  if (protocol !== "https:" && !isLoopbackName(hostname)) return null;
  return `__Host-confab-refresh-${port || (protocol === "https:" ? "443" : "80")}`;
}

function readCookie(header: string | undefined, name: string): string {
  const cookie = header?.split(";").find((each) => each.trim().startsWith(`${name}=`));
  return cookie?.slice(cookie.indexOf("=") + 1).trim() ?? "";
}

function isEmpty(message: object, field: string): boolean {
  return !Reflect.get(message, field);
}

function wrongHeader(): ChatError {
  return new ChatError("FIELD_INVALID", `the header \`${REFRESH_HEADER}\` must be \`${IN_COOKIE}\``, {
    field: REFRESH_HEADER,
  });
}
