import assert from "node:assert/strict";
import {
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { TestClient } from "../support/client.ts";
import type { Person } from "../support/people.ts";

const { listMessages } = v1.ChatService.method;

export const MAX_ANSWER_BYTES = 3 * 1024 * 1024;

interface Page {
  readonly ids: readonly string[];
  /** Reads the next page; null after the last. */
  readonly next: (() => Promise<Page>) | null;
}

/** Starts to read a list with pages of this size. */
export type List = (pageSize: number) => Promise<Page>;

/** Reads a list from its start to its end. */
export async function readAll(list: List, pageSize: number): Promise<readonly string[]> {
  const all: string[] = [];
  let page = await list(pageSize);
  for (;;) {
    all.push(...page.ids);
    if (!page.next) return all;
    page = await page.next();
  }
}

/** The lists of one server, as an administrator and the owner of all rooms see them. */
export class Lists {
  readonly #client: TestClient;
  readonly #person: Person;

  constructor(client: TestClient, person: Person) {
    this.#client = client;
    this.#person = person;
  }

  /** Makes a call and checks the size of its answer. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    const answer = await this.#client.unary(method, request, this.#person);
    const bytes = toBinary(method.output, answer).length;
    assert.ok(bytes <= MAX_ANSWER_BYTES, `an answer of ${method.name} has ${bytes} bytes`);
    return answer;
  }

  /** A list with page tokens. */
  byToken(
    read: (page: {
      pageSize: number;
      pageToken: string;
    }) => Promise<{ ids: string[]; nextPageToken: string }>,
  ): List {
    const from =
      (pageToken: string): List =>
      async (pageSize) => {
        const { ids, nextPageToken } = await read({ pageSize, pageToken });
        return { ids, next: nextPageToken === "" ? null : () => from(nextPageToken)(pageSize) };
      };
    return from("");
  }

  /** A room's history, page after page in one direction. */
  history(
    request: MessageInitShape<typeof v1.ListMessagesRequestSchema>,
    after: (last: v1.Message) => MessageInitShape<typeof v1.ListMessagesRequestSchema>,
  ): List {
    return async (pageSize) => {
      const { messages, hasMore } = await this.call(listMessages, { ...request, pageSize });
      const last = messages.at(-1);
      const ids = messages.map(({ seq }) => String(seq));
      if (!hasMore || !last) return { ids, next: null };
      return { ids, next: () => this.history({ ...request, ...after(last) }, after)(pageSize) };
    };
  }
}
