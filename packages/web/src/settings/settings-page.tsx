import { useChat } from "@confab/client/react";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../design/button.tsx";
import { PasswordForm } from "./password-form.tsx";
import { People } from "./people.tsx";
import { Appearance, Notifications } from "./preferences.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { SessionList } from "./session-list.tsx";
import { SignOut } from "./sign-out.tsx";
import "./settings-page.css";

/** The user's own account: profile, password, devices, people they keep away, and this browser's preferences. */
export function SettingsPage(): ReactNode {
  const { me } = useChat();
  const [, navigate] = useLocation();
  const isGuest = me.kind === "guest";
  return (
    <>
      <header className="pane-bar">
        <IconButton
          className="only-phone"
          icon={ArrowLeft}
          label="Back to the rooms"
          onClick={() => navigate("/")}
        />
        <h1 className="settings-title">Settings</h1>
      </header>
      <div className="settings">
        <Section title="Profile">
          <ProfileForm />
        </Section>
        <Section title="Colours">
          <Appearance />
        </Section>
        <Section title="Notifications">
          <Notifications />
        </Section>
        {!isGuest && (
          <Section title="Password">
            <PasswordForm />
          </Section>
        )}
        <Section title="People you block or ignore">
          <People />
        </Section>
        <Section title="Devices">
          <SessionList />
        </Section>
        <Section title="Signing out">
          <SignOut />
        </Section>
      </div>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  const id = `settings-${title.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <section className="settings-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="settings-body">{children}</div>
    </section>
  );
}
