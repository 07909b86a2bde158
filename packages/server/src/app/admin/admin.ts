import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { type AuditRecord, auditEntry } from "../../domain/admin/audit.ts";
import type { UserId } from "../../domain/ids.ts";
import type { KeyRing } from "../../keys/port.ts";
import type { Store } from "../../store/port/store.ts";
import type { Credentials } from "../sessions/credentials.ts";
import type { ServiceKeys } from "../sessions/service-keys.ts";

/** All that is for administrators alone. */
export interface Admin
  extends Pick<Credentials, "resetPassword">,
    Pick<ServiceKeys, "createServiceKey" | "listServiceKeys" | "deleteServiceKey"> {
  /** Signs with a new key from now on; gives its id. */
  rotateSigningKey(ask: AccountAsk): Promise<string>;
  /** Newest first, before `beforeSeq` where it isn't 0; of one user where `userId` is given. */
  listAuditEntries(
    ask: AccountAsk,
    page: { beforeSeq: number; limit: number; userId: UserId | null },
  ): Promise<readonly AuditRecord[]>;
}

interface AdminOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly credentials: Credentials;
  readonly serviceKeys: ServiceKeys;
}

export function createAdmin({ store, keys, credentials, serviceKeys }: AdminOptions): Admin {
  return {
    ...credentials,
    ...serviceKeys,
    async rotateSigningKey(ask) {
      const keyId = await keys.rotate();
      await store.appendAudit(auditEntry(ask, { action: "signing-key-rotated", targetId: keyId }));
      return keyId;
    },
    listAuditEntries: (ask, page) => store.listAudit({ ...page, ...actorNow(ask) }),
  };
}
