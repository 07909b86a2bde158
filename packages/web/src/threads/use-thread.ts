import type { Message, Room, TimelineItem } from "@confab/client/core";
import { useObservable } from "@confab/client/react";
import { useCallback, useMemo, useState } from "react";
import { sayError } from "../notices/notices.ts";
import { type Loaded, useLoaded } from "../notices/use-loaded.ts";

interface ThreadPage {
  readonly root: Message;
  readonly answers: readonly Message[];
  readonly hasOlder: boolean;
}

/** A thread: its first message, and the answers, oldest first. */
export interface ThreadMessages {
  readonly root: TimelineItem;
  readonly answers: readonly TimelineItem[];
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
}

/** Loads a thread, and follows it with the room's timeline. */
export function useThread(
  room: Room,
  rootSeq: number,
): Loaded<ThreadMessages> & { readonly reload: () => void } {
  const load = useCallback(
    async (signal: AbortSignal): Promise<ThreadPage> => {
      const [root, page] = await Promise.all([
        room.message(rootSeq, { signal }),
        room.list({ threadRootSeq: rootSeq, signal }),
      ]);
      return { root, answers: page.messages, hasOlder: page.hasMore };
    },
    [room, rootSeq],
  );
  const loaded = useLoaded(load);
  const [older, setOlder] = useState<Pick<ThreadPage, "answers" | "hasOlder"> | null>(null);
  const { items } = useObservable(room.timeline);
  const page = loaded.status === "loaded" ? loaded.value : null;
  const answers = useMemo(
    () => (page ? mergedAnswers([...(older?.answers ?? []), ...page.answers], items, rootSeq) : []),
    [page, older, items, rootSeq],
  );
  const firstSeq = answers[0]?.seq;
  const loadOlder = useCallback(() => {
    room
      .list({ threadRootSeq: rootSeq, beforeSeq: firstSeq })
      .then(
        ({ messages, hasMore }) =>
          setOlder((before) => ({ answers: [...messages, ...(before?.answers ?? [])], hasOlder: hasMore })),
        sayError,
      );
  }, [room, rootSeq, firstSeq]);
  if (loaded.status !== "loaded" || !page)
    return loaded.status === "loaded" ? { status: "loading", reload: loaded.reload } : loaded;
  const root = items.find(({ seq }) => seq === rootSeq) ?? { ...page.root, state: "sent" as const };
  const hasOlder = (older ?? page).hasOlder;
  return { status: "loaded", value: { root, answers, hasOlder, loadOlder }, reload: loaded.reload };
}

/** The timeline knows its messages' latest state, and those that are still on their way. */
export function mergedAnswers(
  loaded: readonly Message[],
  items: readonly TimelineItem[],
  rootSeq: number,
): readonly TimelineItem[] {
  const shown = items.filter(({ threadRootSeq }) => threadRootSeq === rootSeq);
  const stored = new Map<number, TimelineItem>(
    loaded.map((message) => [message.seq, { ...message, state: "sent" }]),
  );
  for (const item of shown) if (item.seq > 0) stored.set(item.seq, item);
  const unsent = shown.filter(({ seq }) => seq === 0);
  return [...[...stored.values()].toSorted((one, other) => one.seq - other.seq), ...unsent];
}
