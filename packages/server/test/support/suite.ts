import { after } from "node:test";
import { TestClient } from "./client.ts";

/**
 * Keeps a server that is starting, and a client of it, for all tests of the suite that is being described; both are
 * disposed of after them.
 */
export async function forSuite<Server extends AsyncDisposable & { readonly address: string }>(
  starting: Promise<Server>,
): Promise<{ readonly server: Server; readonly client: TestClient }> {
  const server = await starting;
  const client = new TestClient(server.address);
  after(async () => {
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });
  return { server, client };
}
