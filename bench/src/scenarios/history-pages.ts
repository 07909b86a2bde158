import type { MessageInitShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";
import type { RoomShape } from "../peers/long-room.ts";

export const PAGE_SIZE = 100;

/** Enough of each kind that two pages of it have nothing in common. */
export const SHAPE: RoomShape = { messages: 1_000_000, threadEvery: 1_000, pinnedEvery: 5_000 };

/** A page of the history, and the messages that it begins and ends with. */
export interface HistoryPage {
  readonly name: string;
  readonly where: MessageInitShape<typeof v1.ListMessagesRequestSchema>;
  readonly first: number;
  readonly last: number;
}

const DEEPEST_DEPTH = SHAPE.messages - PAGE_SIZE;
const MIDDLE = SHAPE.messages / 2;

export const NEWEST = "the newest";
export const DEEPEST = nameOfDepth(DEEPEST_DEPTH);

/** What is asked for; `revisionsBefore` is how many revisions the room had before its first message. */
export function historyPages(revisionsBefore: number): readonly HistoryPage[] {
  return [
    { name: NEWEST, where: {}, first: SHAPE.messages, last: SHAPE.messages - PAGE_SIZE + 1 },
    ...[10_000, MIDDLE, DEEPEST_DEPTH].map(atDepth),
    {
      name: `after ${count(MIDDLE)}`,
      where: { afterSeq: BigInt(MIDDLE) },
      first: MIDDLE + 1,
      last: MIDDLE + PAGE_SIZE,
    },
    {
      name: `around ${count(MIDDLE)}`,
      where: { aroundSeq: BigInt(MIDDLE) },
      first: MIDDLE - PAGE_SIZE / 2,
      last: MIDDLE + PAGE_SIZE / 2 - 1,
    },
    {
      name: `changed since ${count(MIDDLE)}`,
      where: { sinceRevision: BigInt(MIDDLE + revisionsBefore) },
      first: MIDDLE + 1,
      last: MIDDLE + PAGE_SIZE,
    },
    ...marked("a thread", { threadRootSeq: 1n }, SHAPE.threadEvery),
    ...marked("pinned", { pinnedOnly: true }, SHAPE.pinnedEvery),
  ];
}

/** The page that comes after so many newer messages. */
function atDepth(depth: number): HistoryPage {
  const first = SHAPE.messages - depth;
  const where = { beforeSeq: BigInt(first + 1) };
  return { name: nameOfDepth(depth), where, first, last: first - PAGE_SIZE + 1 };
}

/** The newest and the oldest page of the messages that are one in `every`. */
function marked(name: string, where: HistoryPage["where"], every: number): readonly HistoryPage[] {
  const oldestPage = every * PAGE_SIZE;
  return [
    {
      name: `${name}, the newest`,
      where,
      first: SHAPE.messages,
      last: SHAPE.messages - every * (PAGE_SIZE - 1),
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
