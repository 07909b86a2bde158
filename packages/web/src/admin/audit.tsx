import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useCallback, useState } from "react";
import { Field } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { usePeopleSearch } from "../people/use-people-search.ts";
import { momentOf } from "./moments.ts";
import { PagedList } from "./paged-list.tsx";
import { type Page, usePages } from "./use-pages.ts";

const PAGE_SIZE = 50;

type Entry = v1.AuditEntry & { readonly actor: string; readonly target: string };

/** The audit trail, newest first; of one user, and of one action among the entries that are loaded. */
export function Audit(): ReactNode {
  const chat = useChat();
  const [typed, setTyped] = useState("");
  const [userId, setUserId] = useState("");
  const [action, setAction] = useState("");
  const { users = [] } = usePeopleSearch(typed);
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal): Promise<Page<Entry>> => {
      const request = { userId, pageSize: PAGE_SIZE, pageToken };
      const answer = await chat.call(v1.AdminService.method.listAuditEntries, request, { signal });
      const nameOf = async (id: string): Promise<string> => {
        if (id === "") return "";
        // A target may be a room, a message or an account that is gone: its id has to do.
        return chat.users.get(id, { signal }).then(
          ({ displayName }) => displayName,
          () => id,
        );
      };
      const items = await Promise.all(
        answer.entries.map(async (entry) => ({
          ...entry,
          actor: await nameOf(entry.actorId),
          target: await nameOf(entry.targetId),
        })),
      );
      return { items, nextPageToken: answer.nextPageToken };
    },
    [chat, userId],
  );
  const pages = usePages(load);
  const actions = [...new Set(pages.items.map((entry) => entry.action))].toSorted();
  const shown = action === "" ? pages.items : pages.items.filter((entry) => entry.action === action);
  const people = [chat.me, ...users].map(
    ({ id, displayName, handle }) => [id, `${displayName} @${handle}`] as const,
  );
  return (
    <section aria-label="Audit">
      <div className="admin-two">
        <Field
          label="Find a user"
          type="search"
          placeholder="Name or handle"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Select label="User" value={userId} options={[["", "Anybody"], ...people]} onChoose={setUserId} />
        <Select
          label="Action"
          value={action}
          options={[["", "Any action"], ...actions.map((each) => [each, each] as const)]}
          onChoose={setAction}
        />
      </div>
      <PagedList pages={{ ...pages, items: shown }} nothing="Nothing is recorded.">
        {(entry) => (
          <li key={String(entry.seq)}>
            <span className="admin-item">
              <span>
                <strong>{entry.action}</strong> {entry.actor === "" ? "somebody unknown" : entry.actor}
                {entry.target !== "" && entry.targetId !== entry.actorId && ` → ${entry.target}`}
              </span>
              <small>
                {[momentOf(entry.createTime), entry.address, entry.detail].filter(Boolean).join(" · ")}
              </small>
            </span>
          </li>
        )}
      </PagedList>
    </section>
  );
}
