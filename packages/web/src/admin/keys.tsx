import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type FormEvent, type ReactNode, useCallback, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field } from "../design/field.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { say, sayError } from "../notices/notices.ts";
import { useAction } from "../notices/use-action.ts";
import { useLoaded } from "../notices/use-loaded.ts";
import { errorWords } from "../text/error-words.ts";
import { momentOf } from "./moments.ts";

const { createServiceKey, deleteServiceKey, listServiceKeys } = v1.AdminService.method;

/** The keys with which back ends sign in. A new one is shown once. */
export function Keys(): ReactNode {
  const chat = useChat();
  const [created, setCreated] = useState<{ readonly name: string; readonly secret: string } | null>(null);
  const [deleting, setDeleting] = useState<string | null>(null);
  const load = useCallback(
    async (signal: AbortSignal) => (await chat.call(listServiceKeys, {}, { signal })).serviceKeys,
    [chat],
  );
  const keys = useLoaded(load);
  return (
    <section aria-label="Service keys">
      <NewKey
        onCreated={(name, key) => {
          setCreated({ name, secret: key });
          keys.reload();
        }}
      />
      {keys.status === "loading" && <Spinner label="Loading keys…" />}
      {keys.status === "failed" && <LoadFailed error={keys.error} onRetry={keys.reload} />}
      {keys.status === "loaded" && keys.value.length === 0 && (
        <p className="admin-soft">There are no keys yet.</p>
      )}
      {keys.status === "loaded" && (
        <ul className="admin-list">
          {keys.value.map(({ id, name, createTime }) => (
            <li key={id}>
              <span className="admin-item">
                <span className="truncated">{name}</span>
                <small>Made {momentOf(createTime)}</small>
              </span>
              <Button aria-label={`Delete the key ${name}`} onClick={() => setDeleting(name)}>
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
      {created && <ShownKey {...created} onClose={() => setCreated(null)} />}
      {deleting !== null && (
        <DeleteKey name={deleting} onDeleted={keys.reload} onClose={() => setDeleting(null)} />
      )}
    </section>
  );
}

function NewKey({ onCreated }: { readonly onCreated: (name: string, key: string) => void }): ReactNode {
  const chat = useChat();
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === "") {
      setError("Give the key a name.");
      return;
    }
    setIsBusy(true);
    try {
      const { key } = await chat.call(createServiceKey, { name: name.trim() });
      onCreated(name.trim(), key);
      setName("");
    } catch (reason) {
      setError(errorWords(reason));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form className="admin-form" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        label="Name of a new key"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={name}
        error={error}
        onChange={({ target }) => {
          setName(target.value);
          setError(undefined);
        }}
      />
      <Button look="primary" type="submit" isBusy={isBusy}>
        Make a key
      </Button>
    </form>
  );
}

interface ShownKeyProps {
  readonly name: string;
  readonly secret: string;
  readonly onClose: () => void;
}

function ShownKey({ name, secret, onClose }: ShownKeyProps): ReactNode {
  const copy = (): void => {
    navigator.clipboard.writeText(secret).then(() => say("The key is copied."), sayError);
  };
  return (
    <Dialog title={`The key “${name}”`} onClose={onClose}>
      <p>Keep it now: the server stores only its hash, and shows it this once.</p>
      <code className="admin-key">{secret}</code>
      <div className="dialog-actions">
        <Button onClick={copy}>Copy</Button>
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}

interface DeleteKeyProps {
  readonly name: string;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

function DeleteKey({ name, onDeleted, onClose }: DeleteKeyProps): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const remove = async (): Promise<void> => {
    if (!(await run(() => chat.call(deleteServiceKey, { name }), `The key “${name}” is deleted.`))) return;
    onDeleted();
    onClose();
  };
  return (
    <Dialog title={`Delete the key “${name}”?`} onClose={onClose}>
      <p>What signs in with it stops working at once.</p>
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" isBusy={isBusy} onClick={() => void remove()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
