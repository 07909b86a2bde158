import type { MessageChanges } from "./changes.ts";
import type { MessageHistory } from "./history.ts";
import type { Reactions } from "./reactions.ts";
import type { Sending } from "./sending.ts";

/** Messages: sending, reading, changing and reacting to them. */
export type Messages = Sending & MessageHistory & MessageChanges & Reactions;
