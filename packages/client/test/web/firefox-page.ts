// Runs in Firefox, which the tests don't drive: the page follows its script, and reports each step to the server that it is from.
import { connect } from "@confab/client/web";

/** The steps of the page, in order. */
export interface Report {
  readonly step: "sent" | "caught up";
  readonly texts: readonly string[];
  readonly states: readonly string[];
}

const chat = await connect("/", { guest: "Linus", reconnect: { minDelayMs: 20, maxDelayMs: 200 } });
const states: string[] = [];
chat.connection.subscribe(() => states.push(chat.connection.get().status));
const room = await chat.rooms.open("lobby");
const texts = (): string[] => room.timeline.get().items.map(({ text }) => text);
await Promise.all(["1", "2", "3"].map((text) => room.send(text)));
await report("sent");
await new Promise<void>((resolve) => {
  room.timeline.subscribe(() => texts().includes("last") && resolve());
});
await report("caught up");

async function report(step: Report["step"]): Promise<void> {
  await fetch("/report", { method: "POST", body: JSON.stringify({ step, texts: texts(), states }) });
}
