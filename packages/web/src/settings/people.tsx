import type { Relationship, User } from "@confab/client/core";
import { useChat, useObservable } from "@confab/client/react";
import { type FormEvent, type ReactNode, useCallback, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { say } from "../notices/notices.ts";
import { useAction } from "../notices/use-action.ts";
import { useLoaded } from "../notices/use-loaded.ts";
import { errorWords } from "../text/error-words.ts";

/** The people whom the user blocks or ignores, and a field for another. */
export function People(): ReactNode {
  const chat = useChat();
  const wishes = useObservable(chat.relationships);
  const load = useCallback(
    (signal: AbortSignal) =>
      Promise.all([...wishes.keys()].map((userId) => nameOf(chat.users.get(userId, { signal }), userId))),
    [chat, wishes],
  );
  const people = useLoaded(load);
  return (
    <>
      <p className="settings-soft">
        Who is blocked can't reach you, and their messages are folded away. Messages of those whom you ignore
        are not counted as new.
      </p>
      {people.status === "loading" && wishes.size > 0 && <Spinner label="Loading people…" />}
      {people.status === "failed" && <LoadFailed error={people.error} onRetry={people.reload} />}
      {people.status === "loaded" && people.value.length > 0 && (
        <ul className="settings-list">
          {people.value.map((person) => {
            const wish = wishes.get(person.id);
            return wish && <Person key={person.id} person={person} wish={wish} />;
          })}
        </ul>
      )}
      <BlockForm />
    </>
  );
}

type Named = Pick<User, "id" | "displayName" | "handle">;

/** An erased account has no profile, but the wish about it stays. */
async function nameOf(getting: Promise<User>, id: string): Promise<Named> {
  return getting.catch((): Named => ({ id, displayName: "A deleted account", handle: "" }));
}

function Person({ person, wish }: { readonly person: Named; readonly wish: Relationship }): ReactNode {
  const { relationships } = useChat();
  const { isBusy, run } = useAction();
  const { id, displayName, handle } = person;
  const states = [wish.isBlocked && "blocked", wish.isMuted && "ignored"].filter(Boolean).join(", ");
  return (
    <li>
      <Avatar userId={id} name={displayName} size="small" />
      <span className="settings-item">
        <span className="truncated">{displayName}</span>
        <small className="truncated">{[handle && `@${handle}`, states].filter(Boolean).join(" · ")}</small>
      </span>
      {wish.isBlocked && (
        <Button
          isBusy={isBusy}
          aria-label={`Unblock ${displayName}`}
          onClick={() => void run(() => relationships.unblock(id))}
        >
          Unblock
        </Button>
      )}
      {wish.isMuted && (
        <Button
          isBusy={isBusy}
          aria-label={`Stop ignoring ${displayName}`}
          onClick={() => void run(() => relationships.unmute(id))}
        >
          Stop ignoring
        </Button>
      )}
    </li>
  );
}

function BlockForm(): ReactNode {
  const { relationships } = useChat();
  const [handle, setHandle] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const name = handle.trim().replace(/^@/, "");
  const keepAway = async (way: "block" | "mute"): Promise<void> => {
    if (name === "") return setError("Say whom: their handle.");
    setIsBusy(true);
    try {
      await relationships[way](name);
      say(way === "block" ? `@${name} is blocked.` : `Messages of @${name} count no more.`);
      setHandle("");
    } catch (reason) {
      setError(errorWords(reason));
    } finally {
      setIsBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void keepAway("block");
  };
  return (
    <form className="settings-body" noValidate onSubmit={submit}>
      <Field
        label="Handle"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={handle}
        error={error}
        onChange={({ target }) => {
          setHandle(target.value);
          setError(undefined);
        }}
      />
      <div className="settings-row">
        <Button type="submit" isBusy={isBusy}>
          Block
        </Button>
        <Button isBusy={isBusy} onClick={() => void keepAway("mute")}>
          Ignore
        </Button>
      </div>
    </form>
  );
}
