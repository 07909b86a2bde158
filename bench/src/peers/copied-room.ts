import { cpSync } from "node:fs";
import { makeDataFolder } from "../disk.ts";
import type { Runtime } from "../runtimes.ts";
import { type LongRoom, makeLongRoom, type RoomShape } from "./long-room.ts";

interface Template {
  readonly folder: string;
  readonly room: LongRoom;
}

/** By number of messages. They are removed when the bench ends. */
const templates = new Map<number, Promise<Template>>();

/**
 * Puts a long room into a new data folder. A million messages take long to write, so a run makes each length once and
 * then copies it.
 */
export async function copyLongRoom(
  dataFolder: string,
  runtime: Runtime,
  shape: RoomShape,
): Promise<LongRoom> {
  const template = templates.get(shape.messages) ?? makeTemplate(runtime, shape);
  templates.set(shape.messages, template);
  const { folder, room } = await template;
  cpSync(folder, dataFolder, { recursive: true });
  return room;
}

async function makeTemplate(runtime: Runtime, shape: RoomShape): Promise<Template> {
  const folder = makeDataFolder().path;
  return { folder, room: await makeLongRoom(folder, runtime, shape) };
}

/** A thread of a thousand messages and two hundred pinned ones, if there are enough messages. */
export function shapeOf(messages: number): RoomShape {
  return {
    messages,
    threadEvery: Math.max(2, messages / 1_000),
    pinnedEvery: Math.max(1, messages / 200),
  };
}
