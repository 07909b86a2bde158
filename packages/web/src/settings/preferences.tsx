import { useObservable } from "@confab/client/react";
import type { ReactNode } from "react";
import { Choice } from "../design/field.tsx";
import { sayError } from "../notices/notices.ts";
import { chooseNotifications, notificationChoice } from "../notifications/notification-choice.ts";
import { chooseTheme, type Theme, theme, themes } from "../theme/theme.ts";

const themeWords = { system: "System", light: "Light", dark: "Dark" } as const satisfies Record<
  Theme,
  string
>;

/** Chooses the colours of this browser. */
export function Appearance(): ReactNode {
  const chosen = useObservable(theme);
  return (
    <fieldset className="themes" aria-label="Colours">
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

/** Turns this browser's notifications on and off. */
export function Notifications(): ReactNode {
  const choice = useObservable(notificationChoice);
  if (choice === "unsupported") return <p className="settings-soft">This browser shows no notifications.</p>;
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
