import { type Chat, connect, type Room } from "@confab/client";
import { createTestServer, type TestServer } from "@confab/server/testing";

/** The password of everybody in the team. */
export const PASSWORD = "a quiet harbour town";

const names = {
  mira: "Mira Okafor",
  jonas: "Jonas Weber",
  lin: "Lin Zhao",
  sofia: "Sofia Marques",
  tomas: "Tomás Rivera",
} as const;
type Name = keyof typeof names;
const everyone = Object.keys(names) as readonly Name[];

const HOUR_MS = 60 * 60_000;
/** A Tuesday at noon. */
const START_MS = Date.UTC(2026, 2, 10, 12, 0);

/** A server with a small team that talks: the same every time. */
export interface Team extends AsyncDisposable {
  readonly server: TestServer<Name, never>;
  readonly nowMs: () => number;
}

/** Starts a server and lets the team of a ferry company talk for a day. Mira is the one who looks at it. */
export async function openTeam(): Promise<Team> {
  let nowMs = START_MS;
  const users = Object.fromEntries(
    everyone.map((name) => [name, { password: PASSWORD, displayName: names[name] }]),
  );
  const server = await createTestServer({
    clock: START_MS,
    seed: { users: users as Record<Name, { password: string; displayName: string }> },
  });
  const chats = new Map<Name, Chat>();
  for (const name of everyone) {
    const { refreshToken } = await server.signIn(server.users[name].id);
    chats.set(name, await connect(server.address, { refreshToken }));
  }
  const chat = (name: Name): Chat => {
    const found = chats.get(name);
    if (!found) throw new Error(`${name} is not connected`);
    return found;
  };
  const wait = async (ms: number): Promise<void> => {
    nowMs += ms;
    await server.clock.advance(ms);
  };
  await talk({ chat, wait });
  return {
    server,
    nowMs: () => nowMs,
    async [Symbol.asyncDispose]() {
      for (const each of chats.values()) await each.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Returns a room once somebody is in it: others hear of a direct room with its first message. */
async function roomOf({ rooms }: Chat, roomId: string): Promise<Room> {
  const { promise, resolve } = Promise.withResolvers<Room>();
  const look = (): void => {
    const room = rooms.get(roomId);
    if (room) resolve(room);
  };
  const unsubscribe = rooms.subscribe(look);
  look();
  return promise.finally(unsubscribe);
}

interface Talk {
  readonly chat: (name: Name) => Chat;
  readonly wait: (ms: number) => Promise<void>;
}

async function talk({ chat, wait }: Talk): Promise<void> {
  const makeRoom = async (owner: Name, title: string, topic: string): Promise<Room> => {
    const room = await chat(owner).rooms.create({ title, topic, isPublic: true });
    for (const name of everyone) if (name !== owner) await chat(name).rooms.join(room.id);
    return room;
  };
  const [release, design, harbour] = [
    await makeRoom("jonas", "release", "Ships every second Wednesday"),
    await makeRoom("lin", "design", "What passengers see"),
    await makeRoom("sofia", "harbour-office", ""),
  ];
  const news = await chat("jonas").rooms.create({
    title: "announcements",
    isPublic: true,
    kind: "broadcast",
  });
  for (const name of everyone) if (name !== "jonas") await chat(name).rooms.join(news.id);
  const say = async (
    room: Room,
    name: Name,
    text: string,
    { replyToSeq, threadRootSeq }: { replyToSeq?: number; threadRootSeq?: number } = {},
  ): Promise<number> => {
    const own = await roomOf(chat(name), room.id);
    const mentionUserIds = text.includes("@mira") ? [chat("mira").me.id] : [];
    const { seq } = await own.send(text, { replyToSeq, threadRootSeq, mentionUserIds });
    if (name === "mira") await own.markRead();
    await wait(40_000);
    return seq;
  };
  const react = async (room: Room, seq: number, emoji: string, ...people: readonly Name[]): Promise<void> => {
    for (const name of people) await (await roomOf(chat(name), room.id)).react(seq, emoji);
  };

  await say(news, "jonas", "The spring timetable is live. Thank you all for the late evenings.");
  await say(harbour, "sofia", "Pier 3 is closed for the crane until Thursday.");
  await say(harbour, "tomas", "Noted, I moved the 17:40 to pier 2.");
  await say(
    design,
    "lin",
    "New boarding pass, second round: the gate number is now readable from two metres.",
  );
  await say(design, "sofia", "Much better outdoors. Printed one and tried it in the rain 🌧️");

  await say(release, "jonas", "Freeze for 4.2 is tomorrow at noon. What is still open?");
  const open = await say(
    release,
    "lin",
    "From my side two things:\n\n- the seat map on small phones\n- the empty state when **no** crossings are left today",
  );
  await say(release, "lin", "Both have pull requests.");
  const flash = await say(
    release,
    "tomas",
    "I still see the price flash to 0,00 € when you change the date.",
  );
  const guess = await say(
    release,
    "tomas",
    "Looks like we render before the fare arrives:\n\n```ts\nconst fare = await quote(trip);\nreturn <Price amount={fare?.amount ?? 0} />;\n```",
  );
  await react(release, guess, "👀", "jonas", "lin");
  await say(release, "mira", "Good find. `?? 0` should be a skeleton there, not a number.", {
    replyToSeq: guess,
  });
  await react(release, open, "👍", "mira", "tomas", "jonas");
  await say(release, "lin", "Reproduced, on the slow network setting.", { threadRootSeq: flash });
  await say(release, "tomas", "It is gone with the skeleton in place.", { threadRootSeq: flash });
  const gangway = await say(
    release,
    "jonas",
    "Names for this release: gangway 4.2, then lighthouse 4.3. The freeze is at noon, always.",
  );
  await (await chat("jonas").rooms.open(release.id)).pin(gangway);
  await wait(20 * HOUR_MS);

  await say(
    release,
    "sofia",
    "Morning! The harbour office asks if refunds show the **fee** before people confirm.",
  );
  const fee = await say(
    release,
    "mira",
    "Yes, since 4.1: total, fee, what you get back. Text is in https://ferry.example/refunds",
  );
  await react(release, fee, "❤️", "sofia");
  await react(release, fee, "🎉", "sofia", "lin", "mira");
  await say(
    release,
    "jonas",
    "Then let us keep that out of the freeze. Anything that blocks the seat map, @mira?",
  );
  await say(release, "jonas", "I can review before lunch.");

  const direct = await chat("lin").rooms.openDirect([chat("mira").me.id]);
  await say(direct, "lin", "Do you have ten minutes after the stand-up?");
  await say(direct, "mira", "Of course. Half past?");
  await say(direct, "lin", "Perfect, I bring the printed passes.");
  const group = await chat("tomas").rooms.openDirect([chat("mira").me.id, chat("sofia").me.id]);
  await say(group, "tomas", "Who brings cake on Friday?");
  const secret = await chat("jonas").rooms.create({ title: "budget-2027" });
  await secret.invite([chat("mira").me.id]);
}
