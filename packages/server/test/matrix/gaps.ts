import { openServices } from "./expected.ts";
import { rpcOf } from "./rows.ts";
import type { Services } from "./served.ts";

/** As much of the rows of each service as says what they are about. */
type Calls = Readonly<Record<string, readonly (readonly [call: string, ...rest: readonly string[]])[]>>;

/** Lists what is served and not in the table, and the reverse. */
export function gaps(served: Services, table: Calls): readonly string[] {
  const found: string[] = [];
  for (const [service, methods] of served) {
    if (openServices.includes(service)) continue;
    const known = rpcsOf(table[service] ?? []);
    for (const rpc of methods)
      if (!known.includes(rpc)) found.push(`${service}/${rpc} is served and has no rows`);
  }
  for (const [service, rows] of Object.entries(table)) {
    const methods = served.get(service) ?? [];
    for (const rpc of rpcsOf(rows))
      if (!methods.includes(rpc)) found.push(`${service}/${rpc} has rows and is not served`);
  }
  return found;
}

/** The RPCs that rows are about, each once. */
export function rpcsOf(rows: Calls[string]): readonly string[] {
  return [...new Set(rows.map(([call]) => rpcOf(call)))];
}
