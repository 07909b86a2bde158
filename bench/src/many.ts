/** Runs a function for every number below `count`, at most `atOnce` at the same time. Resolves when all are done. */
export async function forEachOf(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Calls a function for each item, one after the other, and joins the results. */
export async function flatMapInTurn<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(...(await act(item)));
  return results;
}
