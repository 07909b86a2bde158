import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useCallback } from "react";
import { Button } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useAction } from "../notices/use-action.ts";
import { useLoaded } from "../notices/use-loaded.ts";
import { momentOf } from "./moments.ts";

const PAGE_SIZE = 100;

/** The devices of a user; signs them out, one by one or all. */
export function UserSessions({ user }: { readonly user: v1.User }): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const userId = user.id;
  const load = useCallback(
    async (signal: AbortSignal) => {
      const request = { userId, pageSize: PAGE_SIZE };
      return (await chat.call(v1.AuthService.method.listSessions, request, { signal })).sessions;
    },
    [chat, userId],
  );
  const sessions = useLoaded(load);
  const end = async (request: { sessionId: string } | { all: true }): Promise<void> => {
    const isDone = await run(() => chat.call(v1.AuthService.method.deleteSession, { userId, ...request }));
    if (isDone) sessions.reload();
  };
  if (sessions.status === "loading") return <Spinner label="Loading devices…" />;
  if (sessions.status === "failed") return <LoadFailed error={sessions.error} onRetry={sessions.reload} />;
  if (sessions.value.length === 0) return <p className="admin-soft">Signed in nowhere.</p>;
  return (
    <section aria-label="Devices">
      <ul className="admin-list">
        {sessions.value.map(({ id, deviceName, lastUsedTime }) => (
          <li key={id}>
            <span className="admin-item">
              <span className="truncated">{deviceName === "" ? "A device without a name" : deviceName}</span>
              <small>Last used {momentOf(lastUsedTime)}</small>
            </span>
            <Button isBusy={isBusy} onClick={() => void end({ sessionId: id })}>
              Sign out
            </Button>
          </li>
        ))}
      </ul>
      {sessions.value.length > 1 && (
        <Button isBusy={isBusy} onClick={() => void end({ all: true })}>
          Sign out all devices
        </Button>
      )}
    </section>
  );
}
