import type { RightsQuery } from "@confab/client";
import { commandList, groups } from "../commands/commands.ts";
import { isOffered } from "../commands/rights.ts";
import type { PanelEntry } from "../screen/panel.ts";

const keyHelp: readonly PanelEntry[] = [
  { term: "Enter", text: "send; Alt-Enter or Ctrl-J begins a new line" },
  { term: "↑ ↓", text: "what you sent before, or the lines of what you write" },
  { term: "PgUp PgDn", text: "scroll; Ctrl-Home goes to the first loaded message, Ctrl-End to the newest" },
  { term: "Alt-↑ Alt-↓", text: "select a message, for /reply, /edit, /delete, /react and /pin" },
  { term: "Ctrl-N Ctrl-P", text: "next and previous room" },
  { term: "Tab", text: "complete a command, a name, a room or an emoji; again: the next choice" },
  { term: "Ctrl-A Ctrl-E", text: "to the beginning and the end of the line" },
  { term: "Ctrl-W Ctrl-U", text: "delete a word, or the line before the cursor; Ctrl-K: the line behind it" },
  { term: "↑ ↓ Enter", text: "in a list of rooms or messages: choose one, and go there" },
  { term: "Esc", text: "close this, or drop a selection, a reply or an edit" },
  { term: "Ctrl-C", text: "drop what you write; with nothing written: leave" },
];

/** The lines of `/help`: the commands that are of use here, in their groups, and the keys. */
export function helpEntries(situation: RightsQuery): readonly PanelEntry[] {
  const offered = commandList.filter(([, help]) => isOffered(help, situation));
  const lines = Object.entries(groups).flatMap(([group, title]) => {
    const entries = offered
      .filter(([, help]) => help.group === group)
      .map(([name, { usage, does }]): PanelEntry => ({ term: `/${name} ${usage}`.trimEnd(), text: does }));
    return entries.length > 0 ? [heading(title), ...entries, BLANK] : [];
  });
  return [...lines, heading("Keys"), ...keyHelp];
}

const BLANK: PanelEntry = { term: "", text: "" };

function heading(title: string): PanelEntry {
  return { term: "", text: title, isHeading: true };
}
