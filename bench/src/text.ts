/** What every scenario's messages say. */
export const TEXT = "a message of the length that people write: a line or so, with a comma and a full stop.";
