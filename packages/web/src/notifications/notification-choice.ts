import { Store } from "../store.ts";
import { readStored, writeStored } from "../stored.ts";

const KEY = "confab.notifications";

/** `unsupported`: the browser has none; `blocked`: the user has refused them in the browser. */
export type NotificationChoice = "on" | "off" | "blocked" | "unsupported";

/** Tells if the browser shows notifications for mentions and direct messages. */
export const notificationChoice = new Store<NotificationChoice>(currentChoice());

/** Turns notifications on, which asks the browser's user the first time, or off. */
export async function chooseNotifications(isOn: boolean): Promise<void> {
  if (isOn && "Notification" in window && Notification.permission === "default") {
    await Notification.requestPermission();
  }
  writeStored(KEY, isOn ? "on" : null);
  notificationChoice.set(currentChoice());
}

function currentChoice(): NotificationChoice {
  if (!("Notification" in globalThis)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && readStored(KEY) === "on" ? "on" : "off";
}
