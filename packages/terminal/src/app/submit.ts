import type { CommandName } from "../commands/commands.ts";
import { parseEntered } from "../commands/parse.ts";
import { remember } from "../input/history.ts";
import { editorText, emptyEditor } from "../input/line-editor.ts";
import { attempt, type ChatContext, needRoom, say } from "./chat-context.ts";
import { runCommand } from "./run-command.ts";
import { editText, sendText } from "./send-text.ts";

/** The commands that are entered twice to be done; another one in between takes that back. */
const ASKING: ReadonlySet<CommandName> = new Set(["create", "delete-room"]);

/** Enter: sends, edits or replies to a message, or runs a command. */
export async function submit(context: ChatContext): Promise<void> {
  const { ui } = context;
  const { editor, history, mode } = ui.get();
  const text = editorText(editor);
  const entered = parseEntered(text);
  if (entered.kind === "nothing") return;
  ui.patch({ notice: null });
  if (entered.kind === "unknown") {
    say(
      context,
      "error",
      `there is no command /${entered.word}: /help lists them, // begins a message with a slash`,
    );
    return;
  }
  ui.patch({ editor: emptyEditor, history: remember(history, text), mode: { kind: "new" } });
  if (entered.kind !== "command" || !ASKING.has(entered.name)) ui.patch({ asked: null });
  if (entered.kind === "command") {
    await attempt(context, () => runCommand(context, entered.name, entered.argument));
    return;
  }
  await attempt(context, async () => {
    const room = needRoom(context);
    if (mode.kind === "edit") {
      await editText(context, room, { seq: mode.seq, text: entered.text });
      ui.patch({ selected: null });
      return;
    }
    await sendText(context, room, entered.text, mode.kind === "reply" ? mode.seq : null);
    return undefined;
  });
}
