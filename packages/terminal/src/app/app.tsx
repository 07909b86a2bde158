import {
  type Chat,
  ConfabError,
  type Credential,
  UnauthenticatedError,
  UnavailableError,
} from "@confab/client";
import { useObservable } from "@confab/client/react";
import { useApp, useWindowSize } from "ink";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { connectWords, errorWords } from "../error-words.ts";
import { type Palette, palettes } from "../rows/palette.ts";
import { span } from "../rows/row.ts";
import type { Look } from "../screen/look.ts";
import { centered } from "../screen/rule.ts";
import { UsageError } from "../settings.ts";
import type { FieldName } from "../sign-in/form.ts";
import { SignInView } from "../sign-in/sign-in-view.tsx";
import type { TerminalScreen } from "../tty/terminal-screen.ts";
import type { ChatContext } from "./chat-context.ts";
import { ChatView } from "./chat-view.tsx";
import { InOrder } from "./in-order.ts";
import { Keyboard, useKeyboard } from "./keyboard.tsx";
import { MemberNames } from "./members.ts";
import { Store } from "./observable.ts";
import { showFirstRoom } from "./open-room.ts";
import { RowsView } from "./rows-view.tsx";
import { initialUi, type UiState } from "./ui-state.ts";

const SIGN_OUT_TIMEOUT_MS = 3_000;

export interface AppProps {
  readonly address: string;
  readonly look: Look;
  readonly terminal: TerminalScreen;
  readonly historyLength: number;
  readonly room: string | undefined;
  /** The user's credential if it is known from the start; else the sign-in screen asks for it. */
  readonly credential: Credential | null;
  readonly user: string | undefined;
  /** The reason for asking to sign in, if it needs words; else null. */
  readonly question: string | null;
  /** Opens the chat. The caller that passed this closes it. */
  readonly open: (credential: Credential) => Promise<Chat>;
  /** Forgets the session, so that the next start asks to sign in. */
  readonly forget: () => void;
}

/** The whole terminal client: the sign-in screen if needed, then the chat. */
export function App(props: AppProps): ReactNode {
  const { value } = useObservable(props.terminal.background);
  const palette = props.terminal.hasColor ? palettes[value] : null;
  return (
    <Keyboard terminal={props.terminal}>
      <Screens {...props} palette={palette} />
    </Keyboard>
  );
}

type ScreensProps = AppProps & { readonly palette: Palette | null };

function Screens(props: ScreensProps): ReactNode {
  const { open, forget, address, room, historyLength, credential, question } = props;
  const { exit } = useApp();
  const [context, setContext] = useState<ChatContext | null>(null);
  const [asking, setAsking] = useState<{ refusal: string | null } | null>(
    credential ? null : { refusal: question },
  );

  const enter = useCallback(
    async (given: Credential): Promise<void> => {
      const chat = await open(given);
      const created: ChatContext = {
        chat,
        historyLength,
        ui: new Store<UiState>(initialUi),
        members: new MemberNames(),
        sends: new InOrder(),
        exit: () => exit(),
        signOut: async () => {
          forget();
          const refusal = await endSession(chat);
          setContext(null);
          setAsking({ refusal });
        },
      };
      setContext(created);
      await showFirstRoom(created, { wanted: room, isNew: "register" in given });
    },
    [open, forget, historyLength, room, exit],
  );

  useEffect(() => {
    if (!credential) return;
    enter(credential).catch((error: unknown) => {
      if ("refreshToken" in credential && !(error instanceof UnavailableError)) {
        const hasEnded = error instanceof UnauthenticatedError;
        if (hasEnded) forget();
        setAsking({
          refusal: hasEnded
            ? "your last session has ended: sign in again"
            : `your last session can't go on: ${errorWords(error)}`,
        });
      } else if (error instanceof UnauthenticatedError && "handle" in credential)
        setAsking({ refusal: errorWords(error) });
      else exit(new UsageError(connectWords(error, address), { cause: error }));
    });
  }, [credential, enter, exit, forget, address]);

  const onSubmit = useMemo(
    () => async (given: Credential) => {
      try {
        await enter(given);
        return null;
      } catch (error) {
        return { words: connectWords(error, address), field: fieldOf(error) };
      }
    },
    [enter, address],
  );

  if (context) return <ChatView {...props} context={context} />;
  if (asking) return <SignInView {...props} {...asking} onSubmit={onSubmit} onQuit={() => exit()} />;
  return <Connecting {...props} onQuit={() => exit()} />;
}

const fields: Readonly<Record<string, FieldName>> = {
  "user.handle": "handle",
  "user.display_name": "name",
  password: "password",
};

/** Returns the field of the form that the server has refused. */
function fieldOf(error: unknown): FieldName | undefined {
  const [violation] = error instanceof ConfabError ? error.fieldViolations : [];
  return violation && fields[violation.field];
}

/** Signs out on the server. @returns a message for the user if that failed */
async function endSession(chat: Chat): Promise<string | null> {
  try {
    await chat.signOut({ signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS) });
    return null;
  } catch (error) {
    // The session has already ended.
    if (error instanceof UnauthenticatedError) return null;
    const isAnswer = error instanceof ConfabError && !(error instanceof UnavailableError);
    const why = isAnswer ? errorWords(error) : "it does not answer";
    return `signed out here, but the server could not be told: ${why}`;
  }
}

function Connecting({
  address,
  palette,
  onQuit,
}: Pick<ScreensProps, "address" | "palette"> & { onQuit: () => void }): ReactNode {
  const { columns, rows } = useWindowSize();
  useKeyboard({
    onKey: (input, key) => {
      if (key.ctrl && (input === "c" || input === "d")) onQuit();
    },
    onPaste: () => {},
  });
  const blank = Array.from({ length: Math.floor(rows / 2) }, () => []);
  const words = centered([span(`connecting to ${address}…`, { dim: true })], columns);
  return <RowsView rows={[...blank, words]} palette={palette} />;
}
