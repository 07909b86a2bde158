import type { AuditRecord } from "../domain/audit.ts";
import type { Origin } from "../domain/callers.ts";
import type { UserId } from "../domain/ids.ts";
import type { KeyRing } from "../keys/port.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";

/** What is left for administrators beside accounts and keys. */
export interface Admin {
  /** Signs with a new key from now on; gives its id. */
  rotateSigningKey(origin: Origin): Promise<string>;
  /** Newest first, before `beforeSeq` where it isn't 0. */
  listAudit(page: {
    beforeSeq: number;
    limit: number;
    userId: UserId | null;
  }): Promise<readonly AuditRecord[]>;
}

export function createAdmin({ store, keys, clock }: { store: Store; keys: KeyRing; clock: Clock }): Admin {
  return {
    async rotateSigningKey(origin) {
      const keyId = await keys.rotate();
      await store.appendAudit(auditEntry(origin, clock, { action: "signing-key-rotated", targetId: keyId }));
      return keyId;
    },
    listAudit: (page) => store.listAudit(page),
  };
}
