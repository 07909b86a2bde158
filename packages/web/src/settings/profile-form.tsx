import type { DirectMessages, ProfileChanges, User } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Choice, Field } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { say } from "../notices/notices.ts";
import { errorWords, fieldWords } from "../text/error-words.ts";

type Entries = Pick<User, "handle" | "displayName" | "about" | "hidesPresence" | "directMessages">;
type Refusals = Partial<Record<"handle" | "displayName" | "about" | "form", string>>;

const directMessages = [
  ["default", "As this server says"],
  ["everyone", "Everybody"],
  ["shared-rooms", "People in a room of mine"],
  ["nobody", "Nobody"],
] as const satisfies readonly (readonly [DirectMessages, string])[];

/** Changes the user's name, handle and words about themselves, who sees them there, and who may write to them. */
export function ProfileForm(): ReactNode {
  const chat = useChat();
  const [before, setBefore] = useState<Entries>(() => entriesOf(chat.me));
  const [entries, setEntries] = useState(before);
  const [refusals, setRefusals] = useState<Refusals>({});
  const [isBusy, setIsBusy] = useState(false);
  const set = (changes: Partial<Entries>): void => {
    setEntries({ ...entries, ...changes });
    setRefusals({});
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    try {
      const after = entriesOf(await chat.updateProfile(changesBetween(before, entries)));
      setBefore(after);
      setEntries(after);
      say("Your profile is saved.");
    } catch (error) {
      setRefusals(refusalsOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  const isChanged = Object.keys(changesBetween(before, entries)).length > 0;
  return (
    <form className="settings-body" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        label="Display name"
        hint="The name that others see."
        autoComplete="name"
        value={entries.displayName}
        error={refusals.displayName}
        onChange={({ target }) => set({ displayName: target.value })}
      />
      {chat.me.kind !== "guest" && (
        <Field
          label="Handle"
          hint="You sign in with it, and others mention you by it."
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={entries.handle}
          error={refusals.handle}
          onChange={({ target }) => set({ handle: target.value })}
        />
      )}
      <Field
        label="About you"
        value={entries.about}
        error={refusals.about}
        onChange={({ target }) => set({ about: target.value })}
      />
      <Select
        label="Who may write to you directly"
        value={entries.directMessages}
        options={directMessages}
        onChoose={(chosen) => set({ directMessages: chosen })}
      />
      <Choice
        label="Hide when I am here"
        hint="Nobody sees if you are online or away, and you don't see it of others."
        checked={entries.hidesPresence}
        onChange={({ target }) => set({ hidesPresence: target.checked })}
      />
      {refusals.form !== undefined && (
        <p className="field-error" role="alert">
          {refusals.form}
        </p>
      )}
      <Button look="primary" type="submit" isBusy={isBusy} disabled={!isChanged}>
        Save
      </Button>
    </form>
  );
}

function entriesOf({ handle, displayName, about, hidesPresence, directMessages: from }: User): Entries {
  return { handle, displayName, about, hidesPresence, directMessages: from };
}

function changesBetween(before: Entries, after: Entries): ProfileChanges {
  return {
    ...(after.handle.trim() !== before.handle && { handle: after.handle.trim() }),
    ...(after.displayName.trim() !== before.displayName && { displayName: after.displayName.trim() }),
    ...(after.about.trim() !== before.about && { about: after.about.trim() }),
    ...(after.hidesPresence !== before.hidesPresence && { hidesPresence: after.hidesPresence }),
    ...(after.directMessages !== before.directMessages && { directMessages: after.directMessages }),
  };
}

function refusalsOf(error: unknown): Refusals {
  const handle = fieldWords(error, ["user.handle"]);
  const displayName = fieldWords(error, ["user.display_name"]);
  const about = fieldWords(error, ["user.about"]);
  if (handle === undefined && displayName === undefined && about === undefined)
    return { form: errorWords(error) };
  return {
    ...(handle !== undefined && { handle }),
    ...(displayName !== undefined && { displayName }),
    ...(about !== undefined && { about }),
  };
}
