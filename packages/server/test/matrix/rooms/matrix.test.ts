import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ServiceError } from "@grpc/grpc-js";
import { type Refusal, readRefusal } from "../../support/client.ts";
import { LiveReader } from "../../support/live-reader.ts";
import { runtimes } from "../../support/runtimes.ts";
import { gap } from "../answers.ts";
import { Cast } from "../cast.ts";
import { gaps, rpcsOf } from "../gaps.ts";
import { askServices } from "../served.ts";
import { outcomeOfCall } from "../stage.ts";
import { call, commands, type RoomCall, roomCalls } from "./calls.ts";
import { roomless, roomTable } from "./expected.ts";
import { differences, type RoomPlay, stageOf } from "./perform.ts";
import { deletedRoom, roomKinds, standings, unproven } from "./rows.ts";
import { Scenes } from "./scenes.ts";

for (const runtime of runtimes) {
  describe(`the room matrix on ${runtime}`, () => {
    let play: RoomPlay;
    before(async () => {
      const cast = await Cast.start(runtime);
      play = { cast, scenes: new Scenes(cast) };
    });
    after(() => play.cast[Symbol.asyncDispose]());

    test("it has rows for every RPC that is about a room, and for no other", async () => {
      const served = [...(await askServices(play.cast.address))].filter(([service]) => service in roomTable);
      assert.equal(served.length, 2);
      assert.deepEqual(gaps(withoutRoomless(served), roomTable), []);
    });

    for (const [service, rows] of Object.entries(roomTable)) {
      for (const [name, roomCall] of Object.entries(roomCalls[service] ?? {})) {
        test(`${service}/${name} answers everyone as the table says`, async () => {
          const its = rows.filter(([rowName]) => rowName === name);
          assert.deepEqual(await differences(play, roomCall, its), []);
        });
      }
    }

    test("a deleted room is one that has been deleted for who was in it, and none for others", async () => {
      const scene = await play.scenes.deleted();
      const found: string[] = [];
      for (const [name, roomCall] of Object.values(roomCalls).flatMap(Object.entries<RoomCall>)) {
        for (const someone of standings) {
          const outcome = await outcomeOfCall(roomCall.play(await stageOf(play, someone, scene)));
          const expected = name === "Connect" || name === "Subscribe" ? gap : deletedRoom[someone];
          if (outcome !== expected) found.push(`${name}, ${someone}: ${outcome}, not ${expected}`);
        }
      }
      assert.deepEqual(found, []);
    });

    test("a command of a live stream is answered as the call of its own", async () => {
      const found: string[] = [];
      for (const someone of standings) {
        const { options } = await play.scenes.get(someone);
        using stream = await LiveReader.open(play.cast.client, options);
        for (const [name, command] of Object.entries(commands)) {
          for (const kind of roomKinds) {
            const stage = await stageOf(play, someone, await play.scenes.shared(kind));
            const commandId = `${name}, ${kind}`;
            stream.command(commandId, command(stage));
            const { result } = await stream.result(commandId);
            const refused = result.case === "error" ? result.value : null;
            const told = refused && [refused.code, refused.reason, refused.message];
            const answered = verdictOf(await refusalOrNull(call(stage, command(stage))));
            if (JSON.stringify(told) !== JSON.stringify(answered))
              found.push(`${commandId}, ${someone}: ${told} as a command, ${answered} as a call`);
          }
        }
      }
      assert.deepEqual(found, []);
    });

    test("who may not call may not open a stream either, for the same reason", async () => {
      const scene = await play.scenes.shared("public");
      for (const someone of Object.keys(unproven) as (keyof typeof unproven)[]) {
        const stage = await stageOf(play, someone, scene);
        const command = { case: "sendMessage", value: { roomId: scene.roomId, text: "hello" } } as const;
        const answered = verdictOf(await refusalOrNull(call(stage, command)));
        using stream = new LiveReader(play.cast.client, stage.options);
        assert.deepEqual(verdictOf(await stream.ended), answered);
      }
    });
  });
}

test("an RPC about rooms without rows is a gap", () => {
  const served = Object.entries(roomTable).map(([service, rows]) => [service, rpcsOf(rows)] as const);
  assert.deepEqual(gaps(withoutRoomless(served), roomTable), []);
  const more = served.map(([service, rpcs]) => [service, [...rpcs, "CloseRoom"]] as const);
  assert.deepEqual(gaps(withoutRoomless(more), roomTable), [
    "confab.v1.RoomService/CloseRoom is served and has no rows",
    "confab.v1.ChatService/CloseRoom is served and has no rows",
  ]);
});

test("every row of a room is played, and every call in a public, a private and a missing room", () => {
  for (const [service, rows] of Object.entries(roomTable)) {
    const names = [...new Set(rows.map(([name]) => name))];
    assert.deepEqual(names.toSorted(), Object.keys(roomCalls[service] ?? {}).toSorted());
    for (const name of names) {
      const its = rows.filter(([rowName]) => rowName === name).map(([, kind]) => kind);
      assert.deepEqual(
        its,
        roomKinds.filter((kind) => its.includes(kind)),
        `the rooms of ${name}`,
      );
      for (const kind of ["public", "private", "missing"] as const) {
        assert.ok(its.includes(kind), `${service}/${name} has no ${kind} room`);
      }
    }
  }
});

function withoutRoomless(
  served: Iterable<readonly [service: string, rpcs: readonly string[]]>,
): ReadonlyMap<string, readonly string[]> {
  const others = [...served].map(
    ([service, rpcs]) => [service, rpcs.filter((rpc) => !roomless[service]?.includes(rpc))] as const,
  );
  return new Map(others);
}

async function refusalOrNull(answer: Promise<unknown>): Promise<Refusal | null> {
  try {
    await answer;
    return null;
  } catch (error) {
    return readRefusal(error as ServiceError);
  }
}

function verdictOf(refusal: Refusal | null) {
  return refusal && [refusal.code, refusal.reason, refusal.message];
}
