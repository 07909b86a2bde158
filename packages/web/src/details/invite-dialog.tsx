import type { Room, User } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Choice, Field } from "../design/field.tsx";
import { say } from "../notices/notices.ts";
import { usePeopleSearch } from "../people/use-people-search.ts";
import { errorWords } from "../text/error-words.ts";

interface InviteDialogProps {
  readonly room: Room;
  readonly onInvited: () => void;
  readonly onClose: () => void;
}

/** Finds people, and invites those who are chosen. */
export function InviteDialog({ room, onInvited, onClose }: InviteDialogProps): ReactNode {
  const { me } = useChat();
  const title = useRoomInfo(room)?.title ?? "";
  return (
    <Dialog title={`Invite people to “${title}”`} onClose={onClose}>
      {me.kind === "guest" ? (
        <InviteByHandle {...{ room, onInvited, onClose }} />
      ) : (
        <InviteFound {...{ room, onInvited, onClose }} />
      )}
    </Dialog>
  );
}

interface Inviting {
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly setError: (error: string | undefined) => void;
  readonly invite: (handlesOrIds: readonly string[]) => void;
}

function useInviting({ room, onInvited, onClose }: InviteDialogProps): Inviting {
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const invite = (handlesOrIds: readonly string[]): void => {
    setIsBusy(true);
    room.invite(handlesOrIds).then(
      (members) => {
        say(
          members.length === 1
            ? `${members[0]?.user.displayName} is invited.`
            : `${members.length} people are invited.`,
        );
        onInvited();
        onClose();
      },
      (reason: unknown) => {
        setError(errorWords(reason));
        setIsBusy(false);
      },
    );
  };
  return { isBusy, error, setError, invite };
}

function InviteFound(props: InviteDialogProps): ReactNode {
  const { isBusy, error, setError, invite } = useInviting(props);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const { users, error: searchError } = usePeopleSearch(query);
  const found = users ?? [];
  const listed = [...chosen, ...found.filter(({ id }) => !chosen.some((user) => user.id === id))];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const people = chosen.length === 0 && found.length === 1 ? found : chosen;
    if (people.length === 0) setError("Choose at least one person.");
    else invite(people.map(({ id }) => id));
  };
  return (
    <form className="dialog-form" noValidate onSubmit={submit}>
      <Field
        label="Name or handle"
        type="search"
        autoFocus
        value={query}
        error={error ?? (searchError === undefined ? undefined : errorWords(searchError))}
        onChange={({ target }) => {
          setQuery(target.value);
          setError(undefined);
        }}
      />
      {users?.length === 0 && <p className="field-hint">Nobody's name begins so.</p>}
      {listed.length > 0 && (
        <ul className="people-choices">
          {listed.map((user) => (
            <li key={user.id}>
              <Avatar userId={user.id} name={user.displayName} size="small" showsPresence />
              <Choice
                label={user.displayName}
                hint={`@${user.handle}`}
                checked={chosen.some(({ id }) => id === user.id)}
                onChange={({ target }) => {
                  setError(undefined);
                  setChosen(target.checked ? [...chosen, user] : chosen.filter(({ id }) => id !== user.id));
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <Actions isBusy={isBusy} onClose={props.onClose} />
    </form>
  );
}

/** Guests may not look through the people of the server: they name a handle. */
function InviteByHandle(props: InviteDialogProps): ReactNode {
  const { isBusy, error, setError, invite } = useInviting(props);
  const [handle, setHandle] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (handle.trim() === "") setError("Say whom: their handle.");
    else invite([handle.trim().replace(/^@/, "")]);
  };
  return (
    <form className="dialog-form" noValidate onSubmit={submit}>
      <Field
        label="Handle"
        autoFocus
        autoCapitalize="none"
        spellCheck={false}
        value={handle}
        error={error}
        onChange={({ target }) => {
          setHandle(target.value);
          setError(undefined);
        }}
      />
      <Actions isBusy={isBusy} onClose={props.onClose} />
    </form>
  );
}

function Actions({ isBusy, onClose }: { readonly isBusy: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <div className="dialog-actions">
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" type="submit" isBusy={isBusy}>
        Invite
      </Button>
    </div>
  );
}
