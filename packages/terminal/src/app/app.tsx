import { type Chat, type Credential, UnauthenticatedError } from "@confab/client";
import { useApp, useWindowSize } from "ink";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { connectWords, errorWords } from "../error-words.ts";
import { span } from "../rows/row.ts";
import type { Look } from "../screen/look.ts";
import { centered } from "../screen/rule.ts";
import { UsageError } from "../settings.ts";
import { SignInView } from "../sign-in/sign-in-view.tsx";
import type { ChatContext } from "./chat-context.ts";
import { ChatView } from "./chat-view.tsx";
import { InOrder } from "./in-order.ts";
import { Keyboard, useKeyboard } from "./keyboard.tsx";
import { MemberNames } from "./members.ts";
import { Store } from "./observable.ts";
import { showFirstRoom } from "./open-room.ts";
import { RowsView } from "./rows-view.tsx";
import { initialUi, type UiState } from "./ui-state.ts";

export interface AppProps {
  readonly address: string;
  readonly look: Look;
  readonly hasColor: boolean;
  readonly historyLength: number;
  readonly room: string | undefined;
  /** Who one is, where that is known from the start; else the sign-in screen asks. */
  readonly credential: Credential | null;
  readonly user: string | undefined;
  /** Opens the chat; whoever gave this closes it. */
  readonly open: (credential: Credential) => Promise<Chat>;
}

/** The whole terminal client: the sign-in screen where it is needed, then the chat. */
export function App(props: AppProps): ReactNode {
  return (
    <Keyboard>
      <Screens {...props} />
    </Keyboard>
  );
}

function Screens(props: AppProps): ReactNode {
  const { open, address, room, historyLength, credential } = props;
  const { exit } = useApp();
  const [context, setContext] = useState<ChatContext | null>(null);

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
      };
      setContext(created);
      await showFirstRoom(created, room);
    },
    [open, historyLength, room, exit],
  );

  const [asking, setAsking] = useState<{ refusal: string | null } | null>(
    credential ? null : { refusal: null },
  );
  useEffect(() => {
    if (!credential) return;
    enter(credential).catch((error: unknown) => {
      if (error instanceof UnauthenticatedError && "handle" in credential)
        setAsking({ refusal: errorWords(error) });
      else exit(new UsageError(connectWords(error, address), { cause: error }));
    });
  }, [credential, enter, exit, address]);

  const onSubmit = useMemo(
    () => async (given: Credential) => {
      try {
        await enter(given);
        return null;
      } catch (error) {
        return connectWords(error, address);
      }
    },
    [enter, address],
  );

  if (context) return <ChatView {...props} context={context} />;
  if (asking) return <SignInView {...props} {...asking} onSubmit={onSubmit} onQuit={() => exit()} />;
  return <Connecting {...props} onQuit={() => exit()} />;
}

function Connecting({
  address,
  hasColor,
  onQuit,
}: Pick<AppProps, "address" | "hasColor"> & { onQuit: () => void }): ReactNode {
  const { columns, rows } = useWindowSize();
  useKeyboard({
    onKey: (input, key) => {
      if (key.ctrl && (input === "c" || input === "d")) onQuit();
    },
    onPaste: () => {},
  });
  const blank = Array.from({ length: Math.floor(rows / 2) }, () => []);
  const words = centered([span(`connecting to ${address}…`, { dim: true })], columns);
  return <RowsView rows={[...blank, words]} hasColor={hasColor} />;
}
