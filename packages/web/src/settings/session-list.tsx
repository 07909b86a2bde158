import type { OwnSession } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type ReactNode, useCallback } from "react";
import { Button } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useAction } from "../notices/use-action.ts";
import { useLoaded } from "../notices/use-loaded.ts";
import { fullTime, momentName } from "../text/times.ts";

/** The devices where the user is signed in, this one first. */
export function SessionList(): ReactNode {
  const chat = useChat();
  const load = useCallback(async (signal: AbortSignal) => chat.sessions.list({ signal }), [chat]);
  const sessions = useLoaded(load);
  if (sessions.status === "loading") return <Spinner label="Loading devices…" />;
  if (sessions.status === "failed") return <LoadFailed error={sessions.error} onRetry={sessions.reload} />;
  const listed = sessions.value.toSorted(
    (one, other) =>
      Number(other.isCurrent) - Number(one.isCurrent) ||
      other.lastUsedTime.getTime() - one.lastUsedTime.getTime(),
  );
  return (
    <ul className="settings-list">
      {listed.map((session) => (
        <Device key={session.id} session={session} onEnded={sessions.reload} />
      ))}
    </ul>
  );
}

function Device({
  session,
  onEnded,
}: {
  readonly session: OwnSession;
  readonly onEnded: () => void;
}): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const { id, deviceName, createTime, lastUsedTime, isCurrent } = session;
  const name = deviceName === "" ? "A device without a name" : deviceName;
  const now = new Date();
  const end = async (): Promise<void> => {
    if (await run(() => chat.sessions.end(id), `${name} is signed out.`)) onEnded();
  };
  return (
    <li>
      <span className="settings-item">
        <span className="truncated">{name}</span>
        <small title={`Signed in ${fullTime(createTime)}`}>
          {isCurrent ? (
            <span className="this-device">This device</span>
          ) : (
            <>Last used {momentName(lastUsedTime, now)}</>
          )}{" "}
          · signed in {momentName(createTime, now)}
        </small>
      </span>
      {!isCurrent && (
        <Button isBusy={isBusy} aria-label={`Sign out ${name}`} onClick={() => void end()}>
          Sign out
        </Button>
      )}
    </li>
  );
}
