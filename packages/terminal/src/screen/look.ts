import { numberSettings } from "../settings.ts";

/** What the user can set about how the chat looks. */
export interface Look {
  /** Columns for the names of senders. */
  readonly nameWidth: number;
  /** The most columns that the frame takes; the terminal's width where that is less. */
  readonly frameWidth: number;
  /** Blank columns between the frame and what is in it. */
  readonly padding: number;
}

export const defaultLook: Look = {
  nameWidth: numberSettings.nameWidth.fallback,
  frameWidth: numberSettings.frameWidth.fallback,
  padding: numberSettings.padding.fallback,
};
