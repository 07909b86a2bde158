const DAY_MS = 24 * 60 * 60_000;

/** A handle that was given up is kept from others for this long: old links and mentions must not lead to a stranger. */
export const RETIRED_MS = 30 * DAY_MS;
/** The most handles that one user keeps from others in this way. */
export const MAX_RETIRED_HANDLES = 5;
