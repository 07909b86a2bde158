import type { Play } from "./stage.ts";

/** How a call of the matrix is made. */
export interface Call {
  readonly play: Play;
  /** Whether it leaves nothing of its object for the next. */
  readonly spends: boolean;
  readonly needsPassword: boolean;
  /** Whether it is about a room. */
  readonly needsRoom: boolean;
}

export type Calls = Readonly<Record<string, Call>>;

export const keeps = (play: Play): Call => ({ play, spends: false, needsPassword: false, needsRoom: false });
export const spends = (play: Play): Call => ({ ...keeps(play), spends: true });
export const withPassword = (call: Call): Call => ({ ...call, needsPassword: true });
export const withRoom = (call: Call): Call => ({ ...call, needsRoom: true });
