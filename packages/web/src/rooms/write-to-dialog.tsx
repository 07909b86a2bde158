import type { User } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Choice, Field } from "../design/field.tsx";
import { roomPath } from "../shell/routes.ts";
import { errorWords } from "../text/error-words.ts";
import "./add-room-dialog.css";

const SEARCH_AFTER_MS = 200;

/** Finds people, and opens the direct room with those who are chosen. */
export function WriteToDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const chat = useChat();
  return (
    <Dialog title="Write to somebody" onClose={onClose}>
      {chat.me.kind === "guest" ? (
        <p className="field-hint">Guests can't begin direct messages. With an account you can.</p>
      ) : (
        <WriteTo onClose={onClose} />
      )}
    </Dialog>
  );
}

function WriteTo({ onClose }: { readonly onClose: () => void }): ReactNode {
  const chat = useChat();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const found = usePeople(query, setError);
  const listed = [...chosen, ...found.filter(({ id }) => !chosen.some((user) => user.id === id))];

  const choose = (user: User, isChosen: boolean): void => {
    setError(undefined);
    setChosen(isChosen ? [...chosen, user] : chosen.filter(({ id }) => id !== user.id));
    if (isChosen) setQuery("");
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const people = chosen.length === 0 && found.length === 1 ? found : chosen;
    if (people.length === 0) {
      setError("Choose at least one person.");
      return;
    }
    setIsBusy(true);
    chat.rooms.openDirect(people.map(({ id }) => id)).then(
      ({ id }) => {
        onClose();
        navigate(roomPath(id));
      },
      (reason: unknown) => {
        setError(errorWords(reason));
        setIsBusy(false);
      },
    );
  };

  return (
    <form className="dialog-form" noValidate onSubmit={submit}>
      <Field
        label="Name or handle"
        type="search"
        autoFocus
        value={query}
        error={error}
        hint="Choose several for a group."
        onChange={(event) => {
          setQuery(event.target.value);
          setError(undefined);
        }}
      />
      {query.trim() !== "" && found.length === 0 && <p className="field-hint">Nobody's name begins so.</p>}
      <ul className="public-rooms">
        {listed.map((user) => (
          <li key={user.id}>
            <Avatar userId={user.id} name={user.displayName} showsPresence />
            <Choice
              label={user.displayName}
              hint={`@${user.handle}`}
              checked={chosen.some(({ id }) => id === user.id)}
              onChange={(event) => choose(user, event.target.checked)}
            />
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        <Button look="primary" type="submit" isBusy={isBusy}>
          Write
        </Button>
      </div>
    </form>
  );
}

function usePeople(query: string, onError: (words: string) => void): readonly User[] {
  const chat = useChat();
  const [found, setFound] = useState<readonly User[]>([]);
  useEffect(() => {
    if (query.trim() === "") {
      setFound([]);
      return;
    }
    const ending = new AbortController();
    const { signal } = ending;
    const timer = setTimeout(() => {
      chat.users.search(query.trim().replace(/^@/, ""), { signal }).then(
        (users) => setFound(users.filter(({ id, handle }) => id !== chat.me.id && handle !== "")),
        (reason: unknown) => !signal.aborted && onError(errorWords(reason)),
      );
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [chat, query, onError]);
  return found;
}
