// Runs in a browser, in the page of the tests: `browser.ts` bundles it and calls its actions.
import {
  type Chat,
  ConfabError,
  connect,
  type Room,
  type WebConnectOptions,
  type WebCredential,
} from "@confab/client/web";

const opened: { chat?: Chat; states: string[] } = { states: [] };

function chat(): Chat {
  if (!opened.chat) throw new Error("this page has no chat");
  return opened.chat;
}

function lobby(title = "lobby"): Room {
  const room = chat()
    .rooms.get()
    .find((each) => each.info.get().title === title);
  if (!room) throw new Error(`there is no room ${title}`);
  return room;
}

/** Everything that a test can ask of the page. Arguments and results are JSON. */
export const actions = {
  /** Connects, and returns the handle or the reason of the refusal. */
  async connect(credential: WebCredential & WebConnectOptions & { readonly url?: string }): Promise<string> {
    const { url = "/", ...rest } = credential;
    try {
      const reconnect = { minDelayMs: 20, maxDelayMs: 20_000 };
      opened.chat = await connect(url, { ...rest, reconnect });
    } catch (error) {
      if (error instanceof ConfabError) return `${error.reason}: ${error.message}`;
      throw error;
    }
    const { connection } = opened.chat;
    opened.states = [connection.get().status];
    connection.subscribe(() => opened.states.push(connection.get().status));
    return opened.chat.me.displayName;
  },
  status: (): string => chat().connection.get().status,
  /** All states since `connect`. */
  states: (): readonly string[] => opened.states,
  /** The reason that the chat is closed for. */
  end(): string {
    const state = chat().connection.get();
    return state.status === "closed" ? (state.error?.reason ?? "closed") : "";
  },
  async open(title: string): Promise<void> {
    const room = await chat().rooms.open(title);
    room.timeline.subscribe(() => {});
  },
  texts: (title?: string): readonly string[] =>
    lobby(title)
      .timeline.get()
      .items.map(({ text }) => text),
  /** Sends, and returns the seqs of the messages. */
  async send(...texts: string[]): Promise<readonly number[]> {
    const sent = await Promise.all(texts.map((text) => lobby().send(text)));
    return sent.map(({ seq }) => seq);
  },
  /** Calls the server, and returns the milliseconds that it took. */
  async call(): Promise<number> {
    const beganAt = performance.now();
    await chat().sessions.list();
    return performance.now() - beganAt;
  },
  signOut: (): Promise<void> => chat().signOut(),
  close: (): Promise<void> => chat().close(),
};

export type Actions = typeof actions;

Object.assign(globalThis, { actions });
