import type { MemberRecord } from "../live/records.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { memberStates } from "../rooms/convert-room.ts";
import type { MemberChanges, Room } from "../rooms/room.ts";
import type { Access, Member, Permission } from "../rooms/room-info.ts";
import type { Views } from "../rooms/view.ts";
import { checkAccess, inviteMembers, loadMembers, removeMember, updateMember } from "./calls.ts";

type Actions = Pick<Room, "members" | "invite" | "remove" | "updateMember" | "checkAccess">;

/** The calls of a room that are about its members. */
export class MemberActions implements Actions {
  readonly #context: RoomContext;
  readonly #roomId: string;
  readonly #views: Views;

  constructor(context: RoomContext, roomId: string, views: Views) {
    this.#context = context;
    this.#roomId = roomId;
    this.#views = views;
  }

  async members({
    state = "joined",
    ...options
  }: CallOptions & { readonly state?: Member["state"] | undefined } = {}): Promise<readonly Member[]> {
    const query = { roomId: this.#roomId, state: memberStates.toNumber(state) };
    const { members, users } = await loadMembers(this.#context, query, options);
    return members.map((member) => this.#views.member(member, users));
  }

  async invite(handlesOrIds: readonly string[], options: CallOptions = {}): Promise<readonly Member[]> {
    return this.#show(await inviteMembers(this.#context, { roomId: this.#roomId, handlesOrIds }, options));
  }

  remove(
    userId: string,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<void> {
    return removeMember(this.#context, { roomId: this.#roomId, userId, reason }, options);
  }

  async updateMember(userId: string, changes: MemberChanges, options: CallOptions = {}): Promise<Member> {
    const request = { roomId: this.#roomId, userId, changes };
    return this.#views.member(await updateMember(this.#context, request, options));
  }

  checkAccess(
    permission: Permission,
    { userId = this.#context.meId, ...options }: CallOptions & { readonly userId?: string | undefined } = {},
  ): Promise<Access> {
    return checkAccess(this.#context, { roomId: this.#roomId, userId, permission }, options);
  }

  #show(records: readonly MemberRecord[]): readonly Member[] {
    return records.map((record) => this.#views.member(record));
  }
}
