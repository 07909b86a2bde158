/** Stands for the messages of people whom the user blocks. `/unblock` shows them again. */
export const FOLDED_TEXT = "message of someone you block";
