import type { Play } from "./stage.ts";

/** The way to make one call of the matrix. */
export interface Call {
  readonly play: Play;
  /** True if it uses up its object, so that the next call needs another. */
  readonly spends: boolean;
  readonly needsPassword: boolean;
  /** True if it is about a room. */
  readonly needsRoom: boolean;
}

export type Calls = Readonly<Record<string, Call>>;

export const keeps = (play: Play): Call => ({ play, spends: false, needsPassword: false, needsRoom: false });
export const spends = (play: Play): Call => ({ ...keeps(play), spends: true });
export const withPassword = (call: Call): Call => ({ ...call, needsPassword: true });
export const withRoom = (call: Call): Call => ({ ...call, needsRoom: true });
