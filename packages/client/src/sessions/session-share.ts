import { Code, type ConfabError, UnauthenticatedError } from "../errors.ts";
import type { IssuedTokens } from "./sign-in.ts";

/** Coordinates the programs that share one session: the tabs of a browser, which has one cookie for them all. */
export interface SessionShare {
  /** Opens a session while no other program opens or refreshes one. It takes the place of the one that the others have. */
  open(ask: () => Promise<IssuedTokens>): Promise<IssuedTokens>;
  /** Replaces an access token while no other program does. Returns the token that another has got meanwhile, if it has. */
  refresh(staleAccessToken: string, ask: () => Promise<IssuedTokens>): Promise<IssuedTokens>;
  /** Tells the others that the session is over. */
  end(sessionId: string): void;
  /** Calls the listener when another program has ended the session or opened another, until the signal aborts. */
  watch(sessionId: () => string, signal: AbortSignal, onEnd: (why: ConfabError) => void): void;
}

/** Makes the error for a session that another program has ended. */
export function signedOutElsewhere(): UnauthenticatedError {
  return ended("SESSION_REVOKED", "the session was ended in another tab");
}

/** Makes the error for a session that another program has replaced. */
export function sessionReplaced(): UnauthenticatedError {
  return ended("SESSION_REPLACED", "another session was opened in another tab");
}

function ended(reason: string, message: string): UnauthenticatedError {
  return new UnauthenticatedError({ reason, code: Code.UNAUTHENTICATED, message });
}
