import type { AuditEntry } from "../../domain/admin/audit.ts";

/** The entry of a room that nobody in particular has made. */
export const ROOM_AUDIT: AuditEntry = {
  atMs: 0,
  action: "room-created",
  actorId: null,
  serviceId: null,
  targetId: null,
  address: "local",
  detail: "",
};
