import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Choice } from "../design/field.tsx";
import { useAction } from "../notices/use-action.ts";
import { nameOf } from "./account-words.ts";

interface ErasureProps {
  readonly user: v1.User;
  readonly onErased: () => void;
  readonly onClose: () => void;
}

type Counts = readonly (readonly [string, number])[];

/** Erases an account, after it has shown what goes with it. */
export function Erasure({ user, onErased, onClose }: ErasureProps): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const [eraseMessages, setEraseMessages] = useState(false);
  const [counts, setCounts] = useState<Counts | null>(null);
  const request = { userId: user.id, eraseMessages };
  const count = (): void =>
    void run(async () => {
      const { erased } = await chat.call(v1.UserService.method.deleteUser, {
        ...request,
        validateOnly: true,
      });
      setCounts(Object.entries(erased).map(([table, rows]) => [table, Number(rows)] as const));
    });
  const erase = async (): Promise<void> => {
    const isDone = await run(
      () => chat.call(v1.UserService.method.deleteUser, request),
      `The account of ${nameOf(user)} is erased.`,
    );
    if (!isDone) return;
    onErased();
    onClose();
  };
  return (
    <section className="dialog-part" aria-label="Erasure">
      <Choice
        label="Erase their messages, too"
        hint="Else they stay, without a name."
        checked={eraseMessages}
        onChange={({ target }) => {
          setEraseMessages(target.checked);
          setCounts(null);
        }}
      />
      {counts === null ? (
        <div className="button-row">
          <Button isBusy={isBusy} onClick={count}>
            Count what would be erased
          </Button>
        </div>
      ) : (
        <>
          <dl className="admin-counts" aria-label="What would be erased">
            {counts.map(([table, rows]) => (
              <div key={table} className="admin-count">
                <dt>{table.replaceAll("_", " ")}</dt>
                <dd>{rows}</dd>
              </div>
            ))}
          </dl>
          <div className="button-row">
            <Button look="danger" isBusy={isBusy} onClick={() => void erase()}>
              Erase the account for ever
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
