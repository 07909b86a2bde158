import type { ActorNow } from "../../domain/access/ask.ts";
import type { AuditEntry, AuditRecord } from "../../domain/admin/audit.ts";
import type { UserId } from "../../domain/ids.ts";

/** The audit trail of everything that changes permissions and accounts. Entries are only ever added. */
export interface AuditStore {
  appendAudit(entry: AuditEntry): Promise<void>;
  /** True if someone has signed in to the handle's account from that address. */
  hasSignedIn(query: { handleKey: string; address: string }): Promise<boolean>;
  /** Newest first, before `beforeSeq` (0: from the newest), at most `limit`; of one user where `userId` is given. Refuses with NOT_PERMITTED. */
  listAudit(
    query: ActorNow & { beforeSeq: number; limit: number; userId: UserId | null },
  ): Promise<readonly AuditRecord[]>;
}
