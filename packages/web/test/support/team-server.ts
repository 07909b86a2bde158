import { createTestServer } from "@confab/server/testing";
import { PASSWORD } from "./people.ts";

/** Starts a server with the accounts of Ada, Grace and others, and the room `engine` of the first two. */
export function startTeam(others: Readonly<Record<string, { password: string; displayName: string }>> = {}) {
  return createTestServer({
    seed: {
      users: {
        ada: { password: PASSWORD, displayName: "Ada" },
        grace: { password: PASSWORD, displayName: "Grace" },
        ...others,
      },
      rooms: { engine: { owner: "ada", members: { grace: "member" } } },
    },
  });
}
