import type { MessageInitShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";
import type { RoomShape } from "../peers/long-room.ts";

export const PAGE_SIZE = 100;

/** A page of the history, with the numbers of its first and last message. */
export interface HistoryPage {
  readonly name: string;
  readonly where: MessageInitShape<typeof v1.ListMessagesRequestSchema>;
  readonly first: number;
  readonly last: number;
}

export const NEWEST = "the newest";

/** The name of the page furthest back. */
export function deepestOf({ messages }: RoomShape): string {
  return nameOfDepth(messages - PAGE_SIZE);
}

/** The pages to ask for. `revisionsBefore` is the number of revisions before the room's first message. */
export function historyPages(shape: RoomShape, revisionsBefore: number): readonly HistoryPage[] {
  const { messages } = shape;
  const middle = messages / 2;
  return [
    { name: NEWEST, where: {}, first: messages, last: messages - PAGE_SIZE + 1 },
    ...[messages / 100, middle, messages - PAGE_SIZE].map((depth) => atDepth(depth, messages)),
    {
      name: `after ${count(middle)}`,
      where: { afterSeq: BigInt(middle) },
      first: middle + 1,
      last: middle + PAGE_SIZE,
    },
    {
      name: `around ${count(middle)}`,
      where: { aroundSeq: BigInt(middle) },
      first: middle - PAGE_SIZE / 2,
      last: middle + PAGE_SIZE / 2 - 1,
    },
    {
      name: `changed since ${count(middle)}`,
      where: { sinceRevision: BigInt(middle + revisionsBefore) },
      first: middle + 1,
      last: middle + PAGE_SIZE,
    },
    ...marked({ name: "a thread", where: { threadRootSeq: 1n }, every: shape.threadEvery }, messages),
    ...marked({ name: "pinned", where: { pinnedOnly: true }, every: shape.pinnedEvery }, messages),
  ];
}

/** The page behind `depth` newer messages. */
function atDepth(depth: number, messages: number): HistoryPage {
  const first = messages - depth;
  const where = { beforeSeq: BigInt(first + 1) };
  return { name: nameOfDepth(depth), where, first, last: first - PAGE_SIZE + 1 };
}

/** The newest and the oldest page of the messages that are one in `every`. */
function marked(
  { name, where, every }: Pick<HistoryPage, "name" | "where"> & { readonly every: number },
  messages: number,
): readonly HistoryPage[] {
  const oldestPage = every * PAGE_SIZE;
  return [
    {
      name: `${name}, the newest`,
      where,
      first: messages,
      last: messages - every * (PAGE_SIZE - 1),
    },
    {
      name: `${name}, the oldest`,
      where: { ...where, beforeSeq: BigInt(oldestPage + 1) },
      first: oldestPage,
      last: every,
    },
  ];
}

function nameOfDepth(depth: number): string {
  return `${count(depth)} back`;
}

function count(messages: number): string {
  return messages.toLocaleString("en");
}
