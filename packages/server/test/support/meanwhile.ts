import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createTestServer, type Faults } from "@confab/server/testing";
import { TestClient } from "./client.ts";
import { operatorClient } from "./people.ts";
import { temporaryFolder } from "./server-process.ts";

export type Operation = keyof NonNullable<Faults["beforeStore"]>;

/** A server on which something else happens between the check of one call and what it does. */
export async function startInterruptedServer(operations: readonly Operation[], settings = {}) {
  let waiting: (() => Promise<unknown>) | null = null;
  const interrupt = async (): Promise<void> => {
    const act = waiting;
    waiting = null;
    await act?.();
  };
  const dataDir = temporaryFolder();
  const server = await createTestServer({
    dataDir,
    settings,
    faults: { beforeStore: Object.fromEntries(operations.map((operation) => [operation, interrupt])) },
  });
  const [client, operator] = [new TestClient(server.address), operatorClient({ dataDir })];
  const { address } = server;
  return {
    address,
    client,
    operator,
    /** Does this when the next call has been let in, and before it takes effect. */
    meanwhile(act: () => Promise<unknown>): void {
      waiting = act;
    },
    /** Checks that it was done. */
    assertInterrupted(): void {
      assert.equal(waiting, null, "the call was refused before it came to the store");
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      operator[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    },
  };
}
