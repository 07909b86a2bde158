import type { Outcome } from "../answers.ts";
import type { Cast } from "../cast.ts";
import { outcomeOfCall } from "../stage.ts";
import type { RoomCall, RoomStage } from "./calls.ts";
import { cellOf, type RoomRow, standings, type Unproven, unproven } from "./rows.ts";
import type { Scene, Scenes, Someone } from "./scenes.ts";

/** The people of the room matrix, and the server that they call. */
export interface RoomPlay {
  readonly cast: Cast;
  readonly scenes: Scenes;
}

/** Lists where a server's answers to a call differ from the rows. */
export async function differences(
  play: RoomPlay,
  call: RoomCall,
  rows: readonly RoomRow[],
): Promise<readonly string[]> {
  const cells = rows.flatMap((row) => [
    ...standings.map((standing) => compare(standing, row, cellOf(row, standing))),
    ...Object.entries(unproven).map(([someone, expected]) => compare(someone as Unproven, row, expected)),
  ]);
  return (await Promise.all(cells)).filter((difference) => difference !== null);

  async function compare(someone: Someone, row: RoomRow, expected: Outcome | "–"): Promise<string | null> {
    const [, kind] = row;
    if (expected === "–") return null;
    // A refused call changes nothing.
    const isSpent = call.spends && expected === "OK";
    const scene = isSpent
      ? await play.scenes.toBeSpent(kind, someone as Exclude<Someone, Unproven>)
      : await play.scenes.shared(kind);
    const stage = await stageOf(play, someone, scene, isSpent);
    const outcome = await outcomeOfCall(call.play(stage));
    return outcome === expected ? null : `${kind}, ${someone}: ${outcome}, not ${expected}`;
  }
}

/** Gathers everything that a call of the room matrix needs. */
export async function stageOf(
  { cast, scenes }: RoomPlay,
  someone: Someone,
  scene: Scene,
  spends = false,
): Promise<RoomStage> {
  const { options } = await scenes.get(someone, spends);
  return { cast, options, scene, ownSeq: scene.ownSeqs.get(someone) ?? 1n };
}
