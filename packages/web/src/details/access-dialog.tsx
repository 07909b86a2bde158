import type { Permission, Room, User } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { Check, ChevronRight, X } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { Dialog } from "../design/dialog.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Select } from "../design/select.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useLoaded } from "../notices/use-loaded.ts";
import { questions, type TraceStep, traceOf } from "./access-words.ts";

interface AccessDialogProps {
  readonly room: Room;
  readonly user: User;
  readonly onClose: () => void;
}

const choices = (Object.entries(questions) as readonly (readonly [Permission, string])[]).map(
  ([permission, words]) => [permission, `${words.charAt(0).toUpperCase()}${words.slice(1)}`] as const,
);
const icons = { allows: Check, denies: X, passes: ChevronRight } as const;
const verdicts = { allows: "allows it", denies: "forbids it", passes: "says nothing" } as const;

/** Says if somebody may do something in a room, and why: every rule that the server looked at. */
export function AccessDialog({ room, user, onClose }: AccessDialogProps): ReactNode {
  const { me } = useChat();
  const [permission, setPermission] = useState<Permission>("post");
  const load = useCallback(
    (signal: AbortSignal) => room.checkAccess(permission, { userId: user.id, signal }),
    [room, user.id, permission],
  );
  const answer = useLoaded(load);
  const isMe = user.id === me.id;
  const deed = isMe ? questions[permission].replace("their own", "your own") : questions[permission];
  return (
    <Dialog title={isMe ? "What may I do here?" : `What may ${user.displayName} do here?`} onClose={onClose}>
      <Select label="The question" value={permission} options={choices} onChoose={setPermission} />
      {answer.status === "loading" && <Spinner label="Asking…" />}
      {answer.status === "failed" && <LoadFailed error={answer.error} onRetry={answer.reload} />}
      {answer.status === "loaded" && (
        <div className="dialog-form" role="status">
          <p className={answer.value.isAllowed ? "answer answer-yes" : "answer answer-no"}>
            <strong>{answer.value.isAllowed ? "Yes" : "No"}:</strong> {isMe ? "you" : user.displayName} may
            {answer.value.isAllowed ? "" : " not"} {deed}.
          </p>
          <Trace steps={traceOf(answer.value, new Date())} />
        </div>
      )}
    </Dialog>
  );
}

/** The rule that decided, and those before it, which said nothing. */
function Trace({ steps }: { readonly steps: readonly TraceStep[] }): ReactNode {
  const decided = steps.filter(({ verdict }) => verdict !== "passes");
  const before = steps.filter(({ verdict }) => verdict === "passes");
  return (
    <>
      <ul className="trace">
        {decided.map((step) => (
          <Step key={step.rule} {...step} />
        ))}
      </ul>
      {before.length > 0 && (
        <details>
          <summary>
            The {before.length === 1 ? "rule" : `${before.length} rules`} before it said nothing
          </summary>
          <ol className="trace">
            {before.map((step) => (
              <Step key={step.rule} {...step} />
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function Step({ rule, verdict, because }: TraceStep): ReactNode {
  const Icon = icons[verdict];
  return (
    <li className={`trace-${verdict}`}>
      <Icon size={14} strokeWidth={2} aria-hidden />
      <span>
        {rule}
        <span className="visually-hidden">: {verdicts[verdict]}</span>
      </span>
      {because !== "" && <p>{because}</p>}
    </li>
  );
}
