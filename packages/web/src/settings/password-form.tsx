import { UnauthenticatedError } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { say } from "../notices/notices.ts";
import { errorWords, fieldWords } from "../text/error-words.ts";

type Refusals = Partial<Record<"current" | "next" | "form", string>>;

/** Gives the user another password, which signs all their other devices out. */
export function PasswordForm(): ReactNode {
  const chat = useChat();
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const [refusals, setRefusals] = useState<Refusals>({});
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (currentPassword === "") return setRefusals({ current: "Enter the password that you have now." });
    if (newPassword === "") return setRefusals({ next: "Enter another password." });
    setIsBusy(true);
    try {
      await chat.changePassword({ currentPassword, newPassword });
      setCurrent("");
      setNew("");
      say("Your password is changed, and your other devices are signed out.");
    } catch (error) {
      setRefusals(refusalsOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form className="settings-body" noValidate onSubmit={(event) => void submit(event)}>
      <input
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden
        autoComplete="username"
        readOnly
        value={chat.me.handle}
      />
      <Field
        label="Current password"
        type="password"
        autoComplete="current-password"
        value={currentPassword}
        error={refusals.current}
        onChange={({ target }) => {
          setCurrent(target.value);
          setRefusals({});
        }}
      />
      <Field
        label="New password"
        hint="At least 8 characters. Your other devices are signed out."
        type="password"
        autoComplete="new-password"
        value={newPassword}
        error={refusals.next}
        onChange={({ target }) => {
          setNew(target.value);
          setRefusals({});
        }}
      />
      {refusals.form !== undefined && (
        <p className="field-error" role="alert">
          {refusals.form}
        </p>
      )}
      <Button type="submit" isBusy={isBusy}>
        Change the password
      </Button>
    </form>
  );
}

function refusalsOf(error: unknown): Refusals {
  if (error instanceof UnauthenticatedError && error.reason === "CREDENTIALS_WRONG") {
    return { current: "This is not your password." };
  }
  const next = fieldWords(error, ["new_password", "password"]);
  const current = fieldWords(error, ["current_password"]);
  if (next !== undefined) return { next };
  return current === undefined ? { form: errorWords(error) } : { current };
}
