/** Stands for the tokenizer's link finder, which stays off: `links.ts` finds the page's links. */
export class LinkifyIt {}
