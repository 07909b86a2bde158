import { v1 } from "@confab/protocol";
import type { Admin } from "../../app/admin.ts";
import type { Credentials } from "../../app/credentials.ts";
import type { ServiceKeys } from "../../app/service-keys.ts";
import type { UserId } from "../../domain/ids.ts";
import { adminAccess } from "../access.ts";
import { type Binding, binding } from "../bind.ts";
import { toAuditEntry, toServiceKey } from "./convert.ts";
import { cutPage, parsePageSize, parsePageToken } from "./pages.ts";

export interface AdminParts {
  readonly admin: Admin;
  readonly credentials: Credentials;
  readonly serviceKeys: ServiceKeys;
}

/** The full contract's AdminService. */
export function adminService({ admin, credentials, serviceKeys }: AdminParts): Binding {
  return binding(v1.AdminService, adminAccess, {
    async createServiceKey({ name }, context) {
      const { key, serviceKey } = await serviceKeys.create(name, context);
      return { key, serviceKey: toServiceKey(serviceKey) };
    },

    listServiceKeys: async () => ({ serviceKeys: (await serviceKeys.list()).map(toServiceKey) }),

    async deleteServiceKey({ name }, context) {
      await serviceKeys.remove(name, context);
      return {};
    },

    async resetPassword({ userId, newPassword }, context) {
      await credentials.reset(userId as UserId, newPassword, context);
      return {};
    },

    rotateSigningKey: async (_request, context) => ({ keyId: await admin.rotateSigningKey(context) }),

    async listAuditEntries({ pageSize, pageToken, userId }) {
      const list = `audit of ${userId}`;
      const size = parsePageSize(pageSize);
      const beforeSeq = Number(parsePageToken(list, pageToken));
      const rows = await admin.listAudit({
        beforeSeq,
        limit: size + 1,
        userId: userId === "" ? null : (userId as UserId),
      });
      const { page, nextPageToken } = cutPage(rows, { list, size, positionOf: ({ seq }) => String(seq) });
      return { entries: page.map(toAuditEntry), nextPageToken };
    },
  });
}
