import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { rpc, v1 } from "@confab/protocol";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { LiveReader } from "../../support/live-reader.ts";
import { runtimes } from "../../support/runtimes.ts";
import { Cast, newRoomId } from "../cast.ts";
import { openLive } from "../stage.ts";
import { commands, type RoomCall, type RoomStage, roomCalls } from "./calls.ts";
import { type RoomPlay, stageOf } from "./perform.ts";
import { type Scene, Scenes, type Someone } from "./scenes.ts";

const { removeMember } = v1.RoomService.method;

/** Of a room that they may not know of, these are told what they are told of any random id. */
const strangers = ["guest session", "outsider", "banned", "system moderator"] as const;

const calls = Object.values(roomCalls).flatMap(Object.entries<RoomCall>);

for (const runtime of runtimes) {
  describe(`hidden rooms on ${runtime}`, () => {
    let play: RoomPlay;
    before(async () => {
      const cast = await Cast.start(runtime);
      play = { cast, scenes: new Scenes(cast) };
    });
    after(() => play.cast[Symbol.asyncDispose]());

    for (const kind of ["private", "direct"] as const) {
      for (const stranger of [...strangers, "who left"] as const) {
        test(`a ${kind} room is answered like a random id, to the byte: ${stranger}`, async () => {
          const there = stranger === "who left" ? await left(kind) : await stand(stranger, kind);
          const missing = { ...there, scene: { ...there.scene, roomId: newRoomId() } };
          for (const [name, { play: make }] of calls) {
            const answers = [await answerOf(there, make), await answerOf(missing, make)];
            assert.equal(answers[0], answers[1], name);
            assert.match(answers[0] ?? "", /there is no such room|OK GAP_ACCESS_CHANGED/, name);
          }
          const [frames, expected] = [await framesOf(there), await framesOf(missing)];
          assert.deepEqual(frames.others, expected.others);
          // The banned know of the room, and are told that they are.
          const isBanned = stranger === "banned";
          assert.deepEqual(frames.removals, isBanned ? [v1.MemberState.BANNED, v1.MemberState.BANNED] : []);
          assert.deepEqual(await resultsOf(there), await resultsOf(missing));
        });
      }
    }

    async function stand(stranger: Someone, kind: "private" | "direct"): Promise<RoomStage> {
      return stageOf(play, stranger, await play.scenes.shared(kind));
    }

    /** Someone who was a member, and wrote something. */
    async function left(kind: "private" | "direct"): Promise<RoomStage> {
      const scene = await play.scenes.toBeSpent(kind, "member");
      const stage = await stageOf(play, "member", scene, true);
      await play.cast.client.unary(removeMember, { roomId: scene.roomId, userId: "me" }, stage.options);
      return stage;
    }

    async function resultsOf(stage: RoomStage): Promise<readonly string[]> {
      using stream = await LiveReader.open(play.cast.client, stage.options);
      const results: string[] = [];
      for (const [name, command] of Object.entries(commands)) {
        stream.command(name, command(stage));
        const result = await stream.result(name);
        assert.equal(result.result.case, "error", name);
        results.push(hex(toBinary(v1.CommandResultSchema, result), stage.scene));
      }
      return results;
    }
  });
}

/** The frames of a stream of each kind: the removals of its reader by their state, and the bytes of the others. */
async function framesOf(stage: RoomStage) {
  const opened = [
    ...(await openLive(stage, "connect", stage.scene.roomId)),
    ...(await openLive(stage, "subscribe", stage.scene.roomId)),
  ];
  const removals: v1.MemberState[] = [];
  const others: string[] = [];
  for (const frame of opened) {
    const change = frame.frame.case === "event" ? frame.frame.value.change : undefined;
    if (change?.case === "member") removals.push(change.value.state);
    else others.push(hex(toBinary(v1.FrameSchema, frame), stage.scene));
  }
  return { removals, others };
}

/** A call's whole answer without the request's id: code, message, details and other metadata. */
async function answerOf(stage: RoomStage, make: RoomCall["play"]): Promise<string> {
  try {
    return String(await make(stage));
  } catch (error) {
    const { code, details, metadata = new Metadata() } = error as ServiceError;
    const [bytes] = metadata.get("grpc-status-details-bin");
    assert.ok(bytes instanceof Buffer, String(error));
    const status = fromBinary(rpc.StatusSchema, bytes);
    status.details = status.details.filter(
      ({ typeUrl }) => !typeUrl.endsWith(rpc.RequestInfoSchema.typeName),
    );
    const others = Object.entries(metadata.toJSON()).filter(
      ([name]) => name !== "x-request-id" && name !== "grpc-status-details-bin" && name !== "date",
    );
    const rich = hex(toBinary(rpc.StatusSchema, status), stage.scene);
    return JSON.stringify([code, details.replaceAll(stage.scene.roomId, ""), rich, others]);
  }
}

/** Bytes without the room's own id, which may come back to whoever sent it. */
function hex(bytes: Uint8Array, { roomId }: Scene): string {
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(roomId, ""), "latin1").toString("hex");
}
