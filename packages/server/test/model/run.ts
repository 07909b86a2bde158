import { v1 } from "@confab/protocol";
import { type Act, fits, perform } from "./acts.ts";
import { compareCounts, findDifferences, settle } from "./checks.ts";
import { messageAct, readAct } from "./message-acts.ts";
import { fieldsAct, memberAct, selfAct } from "./room-acts.ts";
import type { RoomModel } from "./room-model.ts";
import { burstActs, sendAct } from "./send-acts.ts";
import { type House, type Stage, setStage } from "./stage.ts";
import type { ActStep, DeviceStep, RelateStep, Step } from "./steps.ts";
import { advance } from "./time.ts";

const { getRoom } = v1.RoomService.method;
const { updateRelationship } = v1.UserService.method;

/**
 * Does what the steps of a plan say, in the house and in the model at once, lets every client catch up, and gives all that differs
 * then.
 */
export async function run(house: House, steps: readonly Step[]): Promise<readonly string[]> {
  using stage = await setStage(house);
  const problems: string[] = [];
  for (const device of stage.devices) device.connect({ isFresh: true });
  let group: Act[] = [];
  const finish = async (): Promise<void> => {
    problems.push(...(await perform(group, (room) => readRevision(stage, room))));
    group = [];
    for (const device of stage.devices) await device.catchUp();
  };
  for (const step of steps) {
    if (problems.length > 0) break;
    if (!isAct(step)) {
      await finish();
      problems.push(...(await doStep(stage, step)));
      continue;
    }
    if (!step.isTogether || !toActs(stage, step).every((act) => fits(act, group))) await finish();
    group.push(...toActs(stage, step));
  }
  await finish();
  if (problems.length > 0) return problems;
  for (const device of stage.devices) {
    device.resume();
    if (!device.isConnected) device.connect({ isFresh: false });
  }
  problems.push(...(await settle(stage)));
  return problems.length > 0 ? problems : await findDifferences(stage);
}

function isAct(step: Step): step is ActStep {
  return "room" in step;
}

function toActs(stage: Stage, step: ActStep): readonly Act[] {
  const room = stage.rooms[step.room];
  if (!room) throw new Error(`there is no room ${step.room}`);
  switch (step.kind) {
    case "send":
      return [sendAct(stage, room, step)];
    case "burst":
      return burstActs(stage, room, step.who);
    case "read":
      return [readAct(stage, room, step)];
    case "join":
    case "leave":
    case "open direct room":
      return some(selfAct(stage, room, step));
    case "fields":
      return [fieldsAct(stage, room, step)];
    case "edit":
    case "pin":
    case "delete":
    case "react":
    case "unreact":
      return some(messageAct(stage, room, step));
    default:
      return some(memberAct(stage, room, step));
  }
}

function some(act: Act | null): readonly Act[] {
  return act ? [act] : [];
}

async function doStep(stage: Stage, step: Exclude<Step, ActStep>): Promise<readonly string[]> {
  switch (step.kind) {
    case "time":
      await advance(stage, step.seconds);
      return [];
    case "settle":
      return settle(stage);
    case "relate":
      return relate(stage, step);
    default:
      doDeviceStep(stage, step);
      return [];
  }
}

/** Blocks, mutes or stops, and compares what counts for that user from then on. */
async function relate(stage: Stage, { who, whom, wish }: RelateStep): Promise<readonly string[]> {
  if (who === whom) return [];
  const [blocked, muted] = [wish === "block" || wish === "both", wish === "mute" || wish === "both"];
  const relationship = { userId: stage.user(whom).id, blocked, muted };
  await stage.client.unary(updateRelationship, { relationship }, stage.user(who));
  stage.relations.set(who, whom, wish);
  return compareCounts(stage, who);
}

function doDeviceStep({ devices }: Stage, { kind, device: index }: DeviceStep): void {
  const device = devices[index];
  if (!device) throw new Error(`there is no device ${index}`);
  switch (kind) {
    case "connect":
    case "connect anew":
      device.connect({ isFresh: kind === "connect anew" });
      return;
    case "disconnect":
      device.disconnect();
      return;
    case "pause":
      device.pause();
      return;
    case "resume":
      device.resume();
      return;
    default:
      kind satisfies never;
  }
}

/** The room's revision, asked by its owner; of a direct room, by one who is in it. */
async function readRevision({ client, user }: Stage, { id, owner }: RoomModel): Promise<number | null> {
  for (const who of owner === null ? [0, 1] : [owner]) {
    const answer = await client.unary(getRoom, { roomId: id }, user(who)).catch(() => null);
    if (answer?.room) return Number(answer.room.revision);
  }
  return null;
}
