import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Act, Outcome, Verdict } from "./acts.ts";
import { outcomeOf } from "./message-acts.ts";
import type { RoomModel, Who } from "./room-model.ts";
import type { Sent, Stage } from "./stage.ts";
import type { SendStep } from "./steps.ts";

const { sendMessage } = v1.ChatService.method;

const TTL_MS = 30_000;
/** More than the queue of a stream holds, with all that its connection takes by itself. */
const BURST = 48;
const PAYLOAD_BYTES = 32 * 1024;

interface Sending {
  readonly room: RoomModel;
  readonly who: Who;
  readonly request: v1.SendMessageRequest;
  readonly how: SendStep["how"];
  readonly exclusive: Act["exclusive"];
}

export function sendAct(stage: Stage, room: RoomModel, step: SendStep): Act {
  const { who, how } = step;
  const earlier = stage.sent.filter((sent) => sent.who === who);
  const again = step.id === "new" ? undefined : earlier[step.pick % earlier.length];
  const exclusive = how === "lost" ? "all" : again ? "message" : "no";
  if (!again) return act(stage, { room, who, how, exclusive, request: newRequest(stage, room, step) });
  const { request } = again;
  const text = step.id === "reused" ? `${request.text}, but not the same` : request.text;
  return act(stage, { room: again.room, who, how, exclusive, request: { ...request, text } });
}

export function burstActs(stage: Stage, room: RoomModel, who: Who): readonly Act[] {
  return Array.from({ length: BURST }, () => {
    const number = stage.next();
    const request = create(v1.SendMessageRequestSchema, {
      roomId: room.id,
      clientMessageId: `id ${number}`,
      payload: new Uint8Array(PAYLOAD_BYTES).fill(number),
      payloadType: "application/octet-stream",
    });
    return act(stage, { room, who, how: "call", exclusive: "no", request });
  });
}

function newRequest(stage: Stage, room: RoomModel, { who, mentions, expires, pick }: SendStep) {
  const number = stage.next();
  const someone = stage.user((who + 1 + (pick % 3)) % stage.house.users.length).id;
  const mentionUserIds = { nobody: [], someone: [someone], all: ["all"] }[mentions];
  return create(v1.SendMessageRequestSchema, {
    roomId: room.id,
    clientMessageId: `id ${number}`,
    text: `message ${number}`,
    mentionUserIds,
    ...(expires && stage.house.advance && { ttl: durationFromMs(TTL_MS) }),
  });
}

function act(stage: Stage, sending: Sending): Act {
  const { room, who, request } = sending;
  let stored: v1.Message | undefined;
  const mentions = request.mentionUserIds.map((id) => (id === "all" ? "all" : stage.whoIs(id)));

  const judge = (): Verdict => {
    const known = findSent(stage, who, request.clientMessageId);
    if (known) {
      const isSame = known.message.deleted || known.request.text === request.text;
      return isSame ? "changes nothing" : "is refused";
    }
    if (!room.may(who, "post")) return "is refused";
    if (mentions.includes("all") && !room.may(who, "mention-all")) return "is refused";
    const coming = room.broughtInBy(who);
    const isAbsent = mentions.some(
      (one) => one !== "all" && room.stateOf(one) !== "joined" && !coming.includes(one),
    );
    return isAbsent ? "is refused" : "changes";
  };

  return {
    name: `user ${who} sends ${request.clientMessageId} (${sending.how})`,
    room,
    exclusive: sending.exclusive,
    async call() {
      const before = findSent(stage, who, request.clientMessageId);
      const answers = await send(stage, sending);
      const taken = answers.filter((answer) => answer.kind !== "refused");
      const [sent] = taken;
      if (!sent) return answers.find((answer) => answer.kind === "refused") ?? { kind: "unchanged" };
      const isNew = taken.filter(({ kind }) => kind === "stored").length;
      const ids = new Set(taken.map(({ message }) => message.id));
      if (before) ids.add(before.message.id);
      if (isNew > 1 || ids.size > 1) throw new Error(`${request.clientMessageId} has become two messages`);
      if (before && isNew === 0) return { kind: "unchanged" };
      stored = sent.message;
      return { kind: "changed", revision: Number(stored.revision) };
    },
    judge,
    leads: () => room.broughtInBy(who).length,
    apply() {
      const [coming] = room.broughtInBy(who);
      if (coming !== undefined) {
        room.changeMember(coming, { state: "joined", expiresAtMs: null });
        return;
      }
      if (!stored) throw new Error("a message that was not stored takes a revision");
      const message = room.addMessage({
        id: stored.id,
        clientMessageId: request.clientMessageId,
        sender: who,
        createdAtMs: stored.createTime ? timestampMs(stored.createTime) : 0,
        expiresAtMs: stored.expireTime ? timestampMs(stored.expireTime) : null,
        payloadBytes: request.payload.length,
        text: request.text,
        mentions,
        reactions: new Map(),
        pinned: false,
        deleted: false,
      });
      if (message.seq !== Number(stored.seq)) {
        throw new Error(`message ${message.seq} of ${room.name} was acknowledged as ${stored.seq}`);
      }
      stage.sent.push({ who, room, request, message });
    },
  };
}

/** The message stored under an id; undefined once that has been erased. */
function findSent({ sent }: Stage, who: Who, clientMessageId: string): Sent | undefined {
  const found = sent.findLast((one) => one.who === who && one.request.clientMessageId === clientMessageId);
  return found?.room.messages.has(found.message.seq) ? found : undefined;
}

type Answer =
  | { readonly kind: "stored" | "repeated"; readonly message: v1.Message }
  | Extract<Outcome, { readonly kind: "refused" }>;

async function send(stage: Stage, { who, how, request }: Sending): Promise<readonly Answer[]> {
  const device = stage.devices.find((one) => one.who === who && one.takesCommands);
  const byCall = (): Promise<Answer> => {
    const sent = stage.client.unary(sendMessage, request, stage.user(who)).then(toAnswer);
    return sent.catch((error: unknown) => outcomeOf(Promise.reject(error)) as Promise<Answer>);
  };
  const onStream = async (): Promise<Answer> => {
    if (!device) return byCall();
    const result = await device.send(request);
    if (result.case === "sendMessage") return toAnswer(result.value);
    return { kind: "refused", reason: result.case === "error" ? result.value.reason : "nothing" };
  };
  switch (how) {
    case "call":
      return [await byCall()];
    case "stream":
      return [await onStream()];
    case "twice":
      return Promise.all([onStream(), byCall()]);
    case "lost":
      device?.sendBlindly(request);
      return [await byCall()];
    default:
      return how satisfies never;
  }
}

function toAnswer({ message, duplicate }: v1.SendMessageResponse): Answer {
  if (!message) throw new Error("a send was answered without a message");
  return { kind: duplicate ? "repeated" : "stored", message };
}
