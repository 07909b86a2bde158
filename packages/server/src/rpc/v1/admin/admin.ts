import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Admin } from "../../../app/admin/admin.ts";
import type { AuditRecord } from "../../../domain/admin/audit.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { ServiceKey } from "../../../domain/sessions/session.ts";
import { adminAccess } from "../../access.ts";
import { type Binding, binding } from "../../binding.ts";
import { readPage } from "../pages.ts";

/** The full contract's AdminService. */
export function adminService(admin: Admin): Binding {
  return binding(v1.AdminService, adminAccess, {
    async createServiceKey(ask, request) {
      const { key, serviceKey } = await admin.createServiceKey(ask, request);
      return { key, serviceKey: toServiceKey(serviceKey) };
    },

    listServiceKeys: async (ask) => ({
      serviceKeys: (await admin.listServiceKeys(ask)).map(toServiceKey),
    }),

    async deleteServiceKey(ask, request) {
      await admin.deleteServiceKey(ask, request);
      return {};
    },

    async resetPassword(ask, { userId, newPassword }) {
      await admin.resetPassword(ask, { userId: userId as UserId, newPassword });
      return {};
    },

    rotateSigningKey: async (ask) => ({ keyId: await admin.rotateSigningKey(ask) }),

    async listAuditEntries(ask, { userId, ...request }) {
      const { page, nextPageToken } = await readPage(request, {
        list: `audit of ${userId}`,
        read: (position, limit) =>
          admin.listAuditEntries(ask, {
            beforeSeq: Number(position),
            limit,
            userId: userId === "" ? null : (userId as UserId),
          }),
        positionOf: ({ seq }) => String(seq),
      });
      return { entries: page.map(toAuditEntry), nextPageToken };
    },
  });
}

function toServiceKey(key: ServiceKey) {
  return { id: key.id, name: key.name, userId: key.userId, createTime: timestampFromMs(key.createdAtMs) };
}

function toAuditEntry(record: AuditRecord) {
  return {
    seq: BigInt(record.seq),
    createTime: timestampFromMs(record.atMs),
    action: record.action,
    actorId: record.actorId ?? "",
    serviceId: record.serviceId ?? "",
    targetId: record.targetId ?? "",
    address: record.address,
    detail: record.detail,
  };
}
