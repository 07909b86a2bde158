import { ChatProvider, useObservable } from "@confab/client/react";
import { WifiOff } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Button } from "./design/button.tsx";
import { EmptyState } from "./design/empty-state.tsx";
import { PageSpinner } from "./design/spinner.tsx";
import { NoticeStack } from "./notices/notice-stack.tsx";
import { resume, session } from "./session/session.ts";
import { Shell } from "./shell/shell.tsx";
import { errorWords } from "./text/error-words.ts";

const SignInPage = lazy(async () => ({ default: (await import("./sign-in/sign-in-page.tsx")).SignInPage }));

/** The page: signs in or resumes the session, then shows the chat. */
export function App(): ReactNode {
  useEffect(() => void resume(), []);
  return (
    <>
      <Screen />
      <NoticeStack />
    </>
  );
}

function Screen(): ReactNode {
  const state = useObservable(session);
  switch (state.status) {
    case "resuming":
      return <PageSpinner label="Connecting…" />;
    case "unreachable":
      return <Unreachable error={state.error} />;
    case "signed-out":
      return (
        <Suspense fallback={<PageSpinner label="Loading…" />}>
          <SignInPage reason={state.reason} />
        </Suspense>
      );
    case "signed-in":
      return (
        <ChatProvider chat={state.chat}>
          <Shell isNew={state.isNew} />
        </ChatProvider>
      );
    default:
      return state satisfies never;
  }
}

function Unreachable({ error }: { readonly error: unknown }): ReactNode {
  return (
    <main className="spinner-page">
      <EmptyState
        icon={WifiOff}
        title="Confab can't be reached"
        actions={
          <Button look="primary" onClick={() => void resume()}>
            Try again
          </Button>
        }
      >
        {errorWords(error)}
      </EmptyState>
    </main>
  );
}
