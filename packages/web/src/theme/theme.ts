import { Store } from "../store.ts";
import { readStored, writeStored } from "../stored.ts";

/** The choices of colours; `system` follows the device. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const KEY = "confab.theme";

/** The chosen colours. */
export const theme = new Store<Theme>(themes.find((each) => each === readStored(KEY)) ?? "system");

/** Shows the page in these colours, now and the next time. */
export function chooseTheme(chosen: Theme): void {
  writeStored(KEY, chosen === "system" ? null : chosen);
  theme.set(chosen);
  applyTheme();
}

/** Puts the chosen colours on the document. */
export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = chosen;
}
