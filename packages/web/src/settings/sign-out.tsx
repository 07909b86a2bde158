import { useChat } from "@confab/client/react";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { useAction } from "../notices/use-action.ts";
import { signOut } from "../session/session.ts";

type Way = "here" | "everywhere";

/** Ends the session of this device, or of all. */
export function SignOut(): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const [asked, setAsked] = useState<Way | null>(null);
  const isGuest = chat.me.kind === "guest";
  const end = (way: Way): void => {
    setAsked(null);
    void run(() => (way === "here" ? signOut() : chat.sessions.endAll()));
  };
  return (
    <>
      {isGuest && <p className="settings-soft">You are a guest: signing out ends the account.</p>}
      <div className="settings-row">
        <Button isBusy={isBusy} onClick={() => (isGuest ? setAsked("here") : end("here"))}>
          Sign out
        </Button>
        <Button isBusy={isBusy} onClick={() => setAsked("everywhere")}>
          Sign out everywhere
        </Button>
      </div>
      {asked && (
        <Dialog
          title={asked === "here" ? "Sign out?" : "Sign out everywhere?"}
          onClose={() => setAsked(null)}
        >
          <p>
            {isGuest
              ? "You are a guest: there is no way back into this account."
              : "All devices are signed out at once, this one too."}
          </p>
          <div className="dialog-actions">
            <Button onClick={() => setAsked(null)}>Cancel</Button>
            <Button look="danger" onClick={() => end(asked)}>
              Sign out
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
