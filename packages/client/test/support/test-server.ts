import { type Chat, connectOver, grpcTransport, type Transport } from "@confab/client";
import { webTransport } from "@confab/client/web";
import { createTestServer as createServer } from "@confab/server/testing";

/** `web/suites.test.ts` runs the same tests over the transport of browsers. */
export const isOverWeb = process.env.CONFAB_TEST_TRANSPORT === "web";

/** Starts a server; its `address` is the one that `transportTo` takes. */
export const createTestServer: typeof createServer = async (options) => {
  const server = await createServer(options);
  return isOverWeb ? { ...server, address: new URL(server.webAddress).host } : server;
};

/** Makes the transport under test, to a server or to a proxy before it. */
export function transportTo(address: string): Transport {
  return isOverWeb ? webTransport(`http://${address}`) : grpcTransport(address, false);
}

/** Connects over the transport under test. */
export function connectTo(address: string, options: Parameters<typeof connectOver>[1]): Promise<Chat> {
  return connectOver(transportTo(address), options);
}
