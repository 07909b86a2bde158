import type { AuditEntry, AuditRecord } from "../../domain/audit.ts";
import type { UserId } from "../../domain/ids.ts";

/** What is remembered of everything that decides who may do what. Entries are only ever added. */
export interface AuditStore {
  appendAudit(entry: AuditEntry): Promise<void>;
  /** Whether the account of that handle has been signed in to from that address. */
  hasSignedIn(query: { handleKey: string; address: string }): Promise<boolean>;
  /** Newest first, before `beforeSeq` (0: from the newest), at most `limit`; of one user where `userId` is given. */
  listAudit(query: {
    beforeSeq: number;
    limit: number;
    userId: UserId | null;
  }): Promise<readonly AuditRecord[]>;
}
