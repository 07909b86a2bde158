import type { TimelineItem } from "@confab/client/core";

/** The purpose of the composer's text: a new message, a reply, or another text of a message. */
export type Writing =
  | { readonly kind: "new" }
  | { readonly kind: "reply"; readonly item: TimelineItem }
  | { readonly kind: "edit"; readonly item: TimelineItem };
