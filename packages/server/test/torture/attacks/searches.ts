import { v1 } from "@confab/protocol";
import type { Attack } from "./stage.ts";

const { searchMessages } = v1.ChatService.method;

/** The default limit of searches. */
const SEARCHES = { count: 20, windowMs: 20_000 };

/** Words of every message, and what makes the index look at much and give little. */
const QUERIES = [
  "the",
  "the of",
  '"of the"',
  "the -of",
  "the of -the1",
  "1* 2*",
  "the th",
  "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6",
  '"the the the the the the the the the the the the the the the the the the the the the the the the the the the the"',
  "the of the of -zzzz -yyyy -xxxx -a1 -b1 -c1 -d1 -e1 -f1 -g1 -h1 -i1 -j1 -k1 -l1",
  "-the of",
  "👍 the",
  "上 the",
];

export const searchAttacks: readonly Attack[] = [
  {
    name: "11 searches for the dearest words, page after page",
    begin(stage) {
      const tokens = new Map<string, string>();
      stage.atPace(SEARCHES, async ({ client, person }, turn) => {
        const query = QUERIES[(turn + stage.round) % QUERIES.length] ?? "the";
        const key = `${person.id} ${query}`;
        const pageToken = tokens.get(key) ?? "";
        const page = await client.unary(searchMessages, { query, pageToken, pageSize: 10 }, person);
        tokens.set(key, page.nextPageToken);
      });
    },
  },
];
