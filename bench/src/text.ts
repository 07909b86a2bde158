/** The text of every scenario's messages. */
export const TEXT = "a message of the length that people write: a line or so, with a comma and a full stop.";
