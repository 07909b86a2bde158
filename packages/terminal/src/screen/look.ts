import { numberSettings } from "../settings.ts";

/** The user's settings for the chat's appearance. */
export interface Look {
  /** Columns for the names of senders. */
  readonly nameWidth: number;
  /** The frame's largest width; a narrower terminal sets a smaller one. */
  readonly frameWidth: number;
  /** Blank columns between the frame and its content. */
  readonly padding: number;
}

export const defaultLook: Look = {
  nameWidth: numberSettings.nameWidth.fallback,
  frameWidth: numberSettings.frameWidth.fallback,
  padding: numberSettings.padding.fallback,
};
