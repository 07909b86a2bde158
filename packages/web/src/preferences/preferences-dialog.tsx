import { useChat, useObservable } from "@confab/client/react";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Choice } from "../design/field.tsx";
import { sayError } from "../notices/notices.ts";
import { chooseNotifications, notificationChoice } from "../notifications/notification-choice.ts";
import { signOut } from "../session/session.ts";
import { chooseTheme, type Theme, theme, themes } from "../theme/theme.ts";
import "./preferences-dialog.css";

const themeWords = { system: "System", light: "Light", dark: "Dark" } as const satisfies Record<
  Theme,
  string
>;

/** What this browser remembers of the user's wishes, and the way out. */
export function PreferencesDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Preferences" onClose={onClose}>
      <Colours />
      <Notifications />
      <Leave />
    </Dialog>
  );
}

function Colours(): ReactNode {
  const chosen = useObservable(theme);
  return (
    <fieldset className="themes">
      <legend className="field-label">Colours</legend>
      {themes.map((each) => (
        <label key={each} className="theme">
          <input
            className="visually-hidden"
            type="radio"
            name="theme"
            value={each}
            checked={each === chosen}
            onChange={() => chooseTheme(each)}
          />
          <span>{themeWords[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Notifications(): ReactNode {
  const choice = useObservable(notificationChoice);
  if (choice === "unsupported") return null;
  const isBlocked = choice === "blocked";
  return (
    <Choice
      label="Notify me of mentions and direct messages"
      hint={
        isBlocked ? "Your browser's settings for this page forbid it." : "While this page is open in a tab."
      }
      checked={choice === "on"}
      disabled={isBlocked}
      onChange={(event) => chooseNotifications(event.target.checked).catch(sayError)}
    />
  );
}

function Leave(): ReactNode {
  const { me } = useChat();
  const [isBusy, setIsBusy] = useState(false);
  const leave = (): void => {
    setIsBusy(true);
    signOut().catch(sayError);
  };
  return (
    <div className="preferences-leave">
      <p className="truncated">
        Signed in as <strong>{me.displayName}</strong>
        {me.kind === "guest" && ", a guest: signing out ends the account"}
      </p>
      <Button isBusy={isBusy} onClick={leave}>
        Sign out
      </Button>
    </div>
  );
}
