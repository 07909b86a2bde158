import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ANONYMOUS, type Origin } from "../domain/callers.ts";
import type { User } from "../domain/users.ts";
import { openKeyFiles } from "../keys/files.ts";
import type { KeyRing } from "../keys/port.ts";
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
    clock,
    commonPasswords: new Set(),
    limits: null,
    registration: "open",
    verifyExternalToken: null,
    ...options,
  });
  return {
    useCases,
    store,
    keys,
    now: clock,
    pass(ms) {
      nowMs += ms;
    },
    register: (handle) =>
      useCases.accounts.register(
        { handle, password: PASSWORD, displayName: "", handleField: "handle" },
        callFrom("127.0.0.1"),
      ),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A call without a token, from an address. */
export function callFrom(address: string): Origin {
  return { caller: ANONYMOUS, address };
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
