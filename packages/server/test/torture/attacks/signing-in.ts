import { v1 } from "@confab/protocol";
import { TestClient } from "../../support/client.ts";
import type { Attack, Stage } from "./stage.ts";

const { createSession, refreshSession } = v1.AuthService.method;

/** One flood comes over a trusted proxy, from as many networks as a caller with a /48 has. */
const NETWORKS = 65_536;
const SIGN_INS_PER_SECOND = 100;
const REFRESHES_PER_SECOND = 200;
const GUESTS_PER_SECOND = 50;

export const signInAttacks: readonly Attack[] = [
  {
    name: "15 wrong passwords from many networks",
    begin(stage) {
      flood(stage, SIGN_INS_PER_SECOND, (client, turn) => {
        const handle = turn % 2 === 0 ? `nobody${turn}` : (stage.world.attackers[turn % 10] ?? "");
        const credential = {
          case: "password",
          value: { handle, password: `not the password ${turn}` },
        } as const;
        return client.unary(createSession, { credential }, { metadata: from(turn) });
      });
    },
  },
  {
    name: "15 refreshes with tokens that are none, and guests, from many networks",
    begin(stage) {
      flood(stage, REFRESHES_PER_SECOND, (client, turn) => {
        const refreshToken = Buffer.alloc(32, turn % 256).toString("base64url");
        return client.unary(refreshSession, { refreshToken }, { metadata: from(turn) });
      });
      flood(stage, GUESTS_PER_SECOND, (client, turn) => {
        const credential = { case: "guest", value: { displayName: `guest ${turn}` } } as const;
        return client.unary(createSession, { credential }, { metadata: from(turn) });
      });
    },
  },
];

function flood(
  stage: Stage,
  perSecond: number,
  act: (client: TestClient, turn: number) => Promise<unknown>,
): void {
  const client = new TestClient(stage.address);
  stage.onEnd(() => client[Symbol.dispose]());
  stage.evenly(1_000 / perSecond, (turn) => act(client, stage.round * 10_000 + turn));
}

function from(turn: number): Readonly<Record<string, string>> {
  return { "x-forwarded-for": `2001:db8:1:${(turn % NETWORKS).toString(16)}::1` };
}
