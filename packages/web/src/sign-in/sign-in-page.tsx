import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { type ServerInfo, serverInfo } from "../session/server-info.ts";
import { signIn } from "../session/session.ts";
import { credentialOf, type Entries, missingIn, type Refusals, refusalsOf, type Way } from "./credential.ts";
import { PasswordField } from "./password-field.tsx";
import "./sign-in-page.css";

const words = {
  "sign-in": { tab: "Sign in", action: "Sign in" },
  register: { tab: "Register", action: "Create account" },
  guest: { tab: "Guest", action: "Join as a guest" },
} as const satisfies Record<Way, { readonly tab: string; readonly action: string }>;

/** The first screen: sign in, make an account, or come in as a guest. */
export function SignInPage({ reason }: { readonly reason: string }): ReactNode {
  const offered = useOfferedWays();
  const [way, setWay] = useState<Way>("sign-in");
  const shown = offered.includes(way) ? way : (offered[0] ?? "sign-in");
  useEffect(() => {
    document.title = "Sign in · Confab";
  }, []);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <h1 className="sign-in-brand">
          <img src="/favicon.svg" alt="" />
          Confab
        </h1>
        {reason !== "" && (
          <p className="sign-in-reason" role="status">
            {reason}
          </p>
        )}
        {offered.length > 1 && <Ways offered={offered} shown={shown} onChoose={setWay} />}
        <SignInForm key={shown} way={shown} />
      </div>
    </main>
  );
}

/** Asks the server for the ways in; until it answers, those with a password are shown. */
function useOfferedWays(): readonly Way[] {
  const [info, setInfo] = useState<ServerInfo>({ hasPasswords: true, hasGuests: false });
  useEffect(() => {
    // Without an answer the form stays, and says on sending why it can't sign in.
    serverInfo().then(setInfo, () => {});
  }, []);
  const withPassword: readonly Way[] = info.hasPasswords ? ["sign-in", "register"] : [];
  return info.hasGuests ? [...withPassword, "guest"] : withPassword;
}

interface WaysProps {
  readonly offered: readonly Way[];
  readonly shown: Way;
  readonly onChoose: (way: Way) => void;
}

function Ways({ offered, shown, onChoose }: WaysProps): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const turn = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = (offered.indexOf(shown) + step + offered.length) % offered.length;
    onChoose(offered[index] ?? shown);
    list.current?.querySelectorAll("button")[index]?.focus();
  };
  return (
    <div className="sign-in-ways" role="tablist" aria-label="Ways to sign in" ref={list} onKeyDown={turn}>
      {offered.map((way) => (
        <button
          key={way}
          type="button"
          role="tab"
          id={`way-${way}`}
          className="sign-in-way"
          data-words={words[way].tab}
          aria-selected={way === shown}
          aria-controls="sign-in-form"
          tabIndex={way === shown ? 0 : -1}
          onClick={() => onChoose(way)}
        >
          {words[way].tab}
        </button>
      ))}
    </div>
  );
}

function SignInForm({ way }: { readonly way: Way }): ReactNode {
  const form = useRef<HTMLFormElement>(null);
  const [entries, setEntries] = useState<Entries>({ handle: "", displayName: "", password: "" });
  const [refusals, setRefusals] = useState<Refusals>({});
  const [isBusy, setIsBusy] = useState(false);

  const entry = (name: keyof Entries) => ({
    name,
    value: entries[name],
    error: refusals[name],
    onChange: (event: { readonly target: { readonly value: string } }): void => {
      setEntries({ ...entries, [name]: event.target.value });
      setRefusals({});
    },
  });

  const refuse = (found: Refusals): void => {
    setRefusals(found);
    const [first] = Object.keys(found);
    form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const missing = missingIn(way, entries);
    if (Object.keys(missing).length > 0) {
      refuse(missing);
      return;
    }
    setIsBusy(true);
    try {
      await signIn(credentialOf(way, entries));
    } catch (error) {
      setIsBusy(false);
      refuse(refusalsOf(error));
    }
  };

  return (
    <form
      className="sign-in-form"
      id="sign-in-form"
      aria-label={words[way].tab}
      ref={form}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      {way !== "guest" && (
        <Field
          label="Handle"
          hint={way === "register" ? "Others mention you by it: a–z, 0–9, dots and dashes" : undefined}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          {...entry("handle")}
        />
      )}
      {way !== "sign-in" && (
        <Field
          label={way === "guest" ? "Your name" : "Display name"}
          hint={
            way === "guest"
              ? "You need no account. Others see this name"
              : "Optional: the name that others see"
          }
          autoComplete="name"
          autoFocus={way === "guest"}
          {...entry("displayName")}
        />
      )}
      {way !== "guest" && (
        <PasswordField
          hint={way === "register" ? "At least 8 characters" : undefined}
          autoComplete={way === "register" ? "new-password" : "current-password"}
          {...entry("password")}
        />
      )}
      {refusals.form !== undefined && (
        <p className="field-error" role="alert">
          {refusals.form}
        </p>
      )}
      <Button look="primary" type="submit" isBusy={isBusy}>
        {words[way].action}
      </Button>
    </form>
  );
}
