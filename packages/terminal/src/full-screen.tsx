import { type Chat, connect } from "@confab/client";
import { render } from "ink";
import { App } from "./app/app.tsx";
import { connectOptions, givenCredential } from "./connect-options.ts";
import type { ChatOptions, Console } from "./options.ts";
import { RememberedSession } from "./session/remembered-session.ts";
import { TerminalScreen } from "./tty/terminal-screen.ts";

const FRAMES_PER_SECOND = 30;
const SESSION_ELSEWHERE = "another terminal goes on with your last session: sign in for one more";

/**
 * Runs the chat on the whole screen until the user quits or the signal aborts. Then it restores the terminal, even if
 * the chat has crashed.
 *
 * @throws UsageError when the server can't be reached or refuses the sign-in; any error that the chat crashed with
 */
export async function runFullScreen(
  options: ChatOptions,
  console: Console,
  signal: AbortSignal,
): Promise<void> {
  const closing = new AbortController();
  const stop = AbortSignal.any([signal, closing.signal]);
  let chat: Chat | null = null;
  const { stdin, stdout, stderr, env } = console;
  using remembered = RememberedSession.open(options.address, env);
  const { refreshToken, isElsewhere } = remembered;
  const isNamed = options.user !== undefined || options.guest !== undefined;
  const terminal = new TerminalScreen({
    ...{ stdin, stdout },
    hasColor: !env.NO_COLOR,
    hasAlerts: options.hasAlerts,
    hasMouse: options.hasMouse,
    colors: env.COLORFGBG,
  });
  const app = (
    <App
      address={options.address}
      look={options.look}
      terminal={terminal}
      historyLength={options.historyLength}
      room={options.room}
      user={options.user}
      credential={givenCredential(options, console) ?? (isNamed || !refreshToken ? null : { refreshToken })}
      question={isElsewhere && !isNamed ? SESSION_ELSEWHERE : null}
      open={async (credential) => {
        chat = await connect(options.address, {
          ...credential,
          ...connectOptions(options, stop),
          onSession: (tokens) => remembered.keep(tokens.refreshToken),
        });
        return chat;
      }}
      forget={() => remembered.forget()}
    />
  );
  const restore = (): void => terminal.leave();
  const screen = render(app, {
    ...{ stdin: terminal.stdin, stdout: terminal.stdout, stderr },
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: FRAMES_PER_SECOND,
  });
  terminal.enter();
  // If the process ends unexpectedly, restore the terminal last of all.
  process.once("exit", restore);
  const leave = (): void => screen.unmount();
  stop.addEventListener("abort", leave, { once: true });
  try {
    await screen.waitUntilExit();
  } finally {
    stop.removeEventListener("abort", leave);
    screen.unmount();
    process.off("exit", restore);
    restore();
    await (chat as Chat | null)?.close();
    closing.abort();
  }
}
