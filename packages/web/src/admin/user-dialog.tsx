import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { useAction } from "../notices/use-action.ts";
import { accountWords, nameOf, systemRoles } from "./account-words.ts";
import { Erasure } from "./erasure.tsx";
import { UserSessions } from "./user-sessions.tsx";

const HOUR_MS = 60 * 60_000;
const FOREVER = "0";
const ends = [
  [String(HOUR_MS), "For an hour"],
  [String(24 * HOUR_MS), "For a day"],
  [String(7 * 24 * HOUR_MS), "For a week"],
  [FOREVER, "Until it is lifted"],
] as const;

interface UserDialogProps {
  readonly user: v1.User;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** The actions of an administrator on an account. */
export function UserDialog({ user, onChanged, onClose }: UserDialogProps): ReactNode {
  const { me } = useChat();
  const isMe = user.id === me.id;
  const isService = user.role === v1.SystemRole.SERVICE;
  return (
    <Dialog title={nameOf(user)} onClose={onClose}>
      <p className="admin-soft">{accountWords(user)}</p>
      {!isMe && !isService && <Access user={user} onChanged={onChanged} />}
      {isService && <p>This is the account of a service key. Delete the key to end it.</p>}
      {!isService && <UserSessions user={user} />}
      {!isMe && !isService && <Erasure user={user} onErased={onChanged} onClose={onClose} />}
    </Dialog>
  );
}

function Access({ user, onChanged }: Pick<UserDialogProps, "user" | "onChanged">): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const [role, setRole] = useState(user.role);
  const [state, setState] = useState(user.state);
  const [end, setEnd] = useState<string>(FOREVER);
  const [reason, setReason] = useState("");
  const name = nameOf(user);
  const update = async (
    changes: { state?: v1.UserState; role?: v1.SystemRole; untilMs?: number },
    done: string,
  ): Promise<void> => {
    const { untilMs, ...rest } = changes;
    const untilTime =
      untilMs === undefined ? undefined : { seconds: BigInt(Math.ceil(untilMs / 1_000)), nanos: 0 };
    const request = { userId: user.id, reason, ...rest, ...(untilTime && { untilTime }) };
    const isDone = await run(async () => {
      const answer = await chat.call(v1.UserService.method.updateUserAccess, request);
      if (!answer.user) return;
      setRole(answer.user.role);
      setState(answer.user.state);
    }, done);
    if (isDone) onChanged();
  };
  const suspend = (): void =>
    void update(
      { state: v1.UserState.SUSPENDED, ...(end !== FOREVER && { untilMs: Date.now() + Number(end) }) },
      `${name} is suspended.`,
    );
  const isSuspended = state === v1.UserState.SUSPENDED;
  return (
    <>
      {role !== v1.SystemRole.GUEST && (
        <Select
          label="Role on this server"
          value={String(role)}
          options={systemRoles}
          disabled={isBusy}
          onChoose={(chosen) => void update({ role: Number(chosen) }, `The role of ${name} is changed.`)}
        />
      )}
      {isSuspended ? (
        <div className="button-row">
          <Button
            isBusy={isBusy}
            onClick={() => void update({ state: v1.UserState.ACTIVE }, `${name} may come back.`)}
          >
            Lift the suspension
          </Button>
        </div>
      ) : (
        <>
          <Select label="Suspension" value={end} options={ends} onChoose={setEnd} />
          <Field
            label="Reason"
            hint="For the audit trail."
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          <div className="button-row">
            <Button look="danger" isBusy={isBusy} onClick={suspend}>
              Suspend
            </Button>
          </div>
        </>
      )}
    </>
  );
}
