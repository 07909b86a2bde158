import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Code, ConfabError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "./context.ts";
import { toMessageRecord } from "./convert-message.ts";
import { joinRules, memberStates, permissions, roles, toMemberRecord, visibilities } from "./convert-room.ts";
import type { MemberRecord, MessageRecord } from "./records.ts";
import type { MemberChanges, RoomChanges } from "./room.ts";

const { updateMessage, deleteMessage, setReaction } = v1.ChatService.method;
const { addMembers, removeMember, updateMember, updateRoom, deleteRoom, getRoom } = v1.RoomService.method;

/** The calls about one room and its messages; each rejects with a ConfabError when it is refused. */
export class RoomCalls {
  readonly #context: RoomContext;
  readonly #roomId: string;

  constructor(context: RoomContext, roomId: string) {
    this.#context = context;
    this.#roomId = roomId;
  }

  async edit(seq: number, text: string, options: CallOptions): Promise<MessageRecord> {
    return this.#update({ seq: BigInt(seq), text }, "text", options);
  }

  async pin(seq: number, pinned: boolean, options: CallOptions): Promise<MessageRecord> {
    return this.#update({ seq: BigInt(seq), pinned }, "pinned", options);
  }

  async delete(seq: number, reason: string, options: CallOptions): Promise<MessageRecord> {
    const request = { roomId: this.#roomId, seq: BigInt(seq), reason };
    const { message } = await this.#context.session.call(deleteMessage, request, options);
    return this.#toRecord(message);
  }

  async react(
    seq: number,
    reaction: { emoji: string; removed: boolean },
    options: CallOptions,
  ): Promise<void> {
    const request = { roomId: this.#roomId, seq: BigInt(seq), ...reaction };
    await this.#context.session.call(setReaction, request, options);
  }

  async get(): Promise<v1.Room> {
    const { room } = await this.#context.session.call(getRoom, { roomId: this.#roomId });
    return room ?? nothing();
  }

  async invite(handlesOrIds: readonly string[], options: CallOptions): Promise<readonly MemberRecord[]> {
    const userIds = await this.#context.directory.resolve(handlesOrIds, options);
    const request = { roomId: this.#roomId, userIds };
    const { members } = await this.#context.session.call(addMembers, request, options);
    return members.map(toMemberRecord);
  }

  async remove(userId: string, reason: string, options: CallOptions): Promise<void> {
    await this.#context.session.call(removeMember, { roomId: this.#roomId, userId, reason }, options);
  }

  async updateMember(userId: string, changes: MemberChanges, options: CallOptions): Promise<MemberRecord> {
    const { role, state, mutedUntil, expireTime, allow, deny, reason = "" } = changes;
    const paths = [
      role && "role",
      state && "state",
      mutedUntil !== undefined && "muted_until_time",
      expireTime !== undefined && "expire_time",
      allow && "allow",
      deny && "deny",
    ];
    const member: MessageInitShape<typeof v1.MemberSchema> = {
      roomId: this.#roomId,
      userId,
      ...(role && { role: roles[role] }),
      ...(state && { state: memberStates[state] }),
      ...(mutedUntil && { mutedUntilTime: timestampFromDate(mutedUntil) }),
      ...(expireTime && { expireTime: timestampFromDate(expireTime) }),
      ...(allow && { allow: allow.map((permission) => permissions[permission]) }),
      ...(deny && { deny: deny.map((permission) => permissions[permission]) }),
    };
    const request = { member, updateMask: mask(paths), reason };
    const answer = await this.#context.session.call(updateMember, request, options);
    return toMemberRecord(answer.member ?? nothing());
  }

  async update(changes: RoomChanges, options: CallOptions): Promise<v1.Room> {
    const { title, topic, isPublic, labels, ...policy } = changes;
    const { joinRule, historyVisibility, slowModeMs, retentionMs, maxMembers, requiredLikes } = policy;
    const paths = [
      title !== undefined && "title",
      topic !== undefined && "topic",
      isPublic !== undefined && "public",
      labels && "labels",
      joinRule && "policy.join_rule",
      historyVisibility && "policy.history_visibility",
      slowModeMs !== undefined && "policy.slow_mode",
      retentionMs !== undefined && "policy.retention",
      maxMembers !== undefined && "policy.max_members",
      requiredLikes !== undefined && "policy.required_likes",
    ];
    const room: MessageInitShape<typeof v1.RoomSchema> = {
      id: this.#roomId,
      title: title ?? "",
      topic: topic ?? "",
      public: isPublic ?? false,
      labels: { ...labels },
      policy: {
        ...(joinRule && { joinRule: joinRules[joinRule] }),
        ...(historyVisibility && { historyVisibility: visibilities[historyVisibility] }),
        ...(slowModeMs !== undefined && { slowMode: durationFromMs(slowModeMs) }),
        ...(retentionMs !== undefined && { retention: durationFromMs(retentionMs) }),
        maxMembers: maxMembers ?? 0,
        requiredLikes: requiredLikes ?? 0,
      },
    };
    const answer = await this.#context.session.call(updateRoom, { room, updateMask: mask(paths) }, options);
    return answer.room ?? nothing();
  }

  async deleteRoom(options: CallOptions): Promise<void> {
    await this.#context.session.call(deleteRoom, { roomId: this.#roomId }, options);
  }

  async #update(
    change: MessageInitShape<typeof v1.MessageSchema>,
    path: string,
    options: CallOptions,
  ): Promise<MessageRecord> {
    const request = { message: { ...change, roomId: this.#roomId }, updateMask: mask([path]) };
    const { message } = await this.#context.session.call(updateMessage, request, options);
    return this.#toRecord(message);
  }

  #toRecord(message: v1.Message | undefined): MessageRecord {
    return toMessageRecord(message ?? nothing(), { meId: this.#context.meId, isAnswer: true });
  }
}

function mask(paths: readonly (string | false | undefined)[]): { paths: string[] } {
  return { paths: paths.filter((path) => typeof path === "string") };
}

function nothing(): never {
  const message = "the server's answer is empty";
  throw new ConfabError({ reason: "", code: Code.INTERNAL, message });
}
