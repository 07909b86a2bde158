import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccountAsk, Ask } from "../domain/access/ask.ts";
import { ANONYMOUS } from "../domain/access/callers.ts";
import type { SessionId } from "../domain/ids.ts";
import { heldHandles } from "../domain/users/held-handles.ts";
import type { User } from "../domain/users/user.ts";
import { openKeyFiles } from "../keys/files.ts";
import type { KeyRing } from "../keys/port.ts";
import { openRepeatKey } from "../keys/repeat-key.ts";
import { GroupCommit } from "../store/group-commit.ts";
import type { Store } from "../store/port/store.ts";
import { openSqliteStore } from "../store/sqlite/store.ts";
import { createUseCases, type UseCases, type UseCasesOptions } from "./use-cases.ts";

export const PASSWORD = "correct horse battery";

/** Use cases on a store of their own, and a clock that stands still until a test moves it. */
export interface TestApp extends AsyncDisposable {
  readonly useCases: UseCases;
  readonly store: Store;
  readonly keys: KeyRing;
  readonly now: () => number;
  /** Moves the clock. */
  pass(ms: number): void;
  register(handle: string): Promise<User>;
  /** An ask of someone without a token. */
  ask(address?: string): Ask;
  /** An ask of someone who has signed in. */
  askOf(account: User): AccountAsk;
}

export async function openTestApp(options: Partial<UseCasesOptions> = {}): Promise<TestApp> {
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  const store = await openSqliteStore(folder);
  const keys = await openKeyFiles(join(folder, "keys"), clock);
  const useCases = createUseCases({
    store,
    commits: new GroupCommit(store, () => {}),
    publish: () => {},
    keys,
    repeatHash: await openRepeatKey(join(folder, "keys")),
    clock,
    commonPasswords: new Set(),
    limits: null,
    registration: "open",
    allowGuests: true,
    heldHandles: heldHandles([]),
    verifyExternalToken: null,
    ...options,
  });
  const ask = (address = "127.0.0.1"): Ask => ({ caller: ANONYMOUS, address, nowMs });
  return {
    useCases,
    store,
    keys,
    now: clock,
    pass(ms) {
      nowMs += ms;
    },
    register(handle) {
      const account = { handle, password: PASSWORD, displayName: "", handleField: "handle" };
      return useCases.users.createUser(ask(), account);
    },
    ask,
    askOf(account) {
      const caller = { kind: "account", account, sessionId: "s" as SessionId, serviceId: null } as const;
      return { caller, address: "127.0.0.1", nowMs };
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The reason of the error that something is refused with. @throws Error when it succeeds */
export async function reasonOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Error && "reason" in error) return String(error.reason);
    throw error;
  }
  throw new Error("it succeeded, and was expected to be refused");
}
