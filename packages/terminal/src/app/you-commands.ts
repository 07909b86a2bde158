import { EntryError, type Handler } from "./chat-context.ts";

/** Commands about how others see the user. */
export const youCommands = {
  name: async ({ chat }, argument) => {
    if (argument === "") throw new EntryError("say how you are called: /name Ada Lovelace");
    await chat.updateProfile({ displayName: argument });
    return `others see you as ${chat.me.displayName} now`;
  },

  away: async ({ chat, ui }) => {
    const isAway = !ui.get().isAway;
    ui.patch({ isAway });
    chat.setActivity(isAway ? "away" : "online");
    return isAway ? "you are shown as away: /away again ends that" : "you are shown as online";
  },
} as const satisfies Readonly<Record<string, Handler>>;
