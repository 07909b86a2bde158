import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useCallback, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { accountWords, nameOf } from "./account-words.ts";
import { PagedList } from "./paged-list.tsx";
import { useDelayed } from "./use-delayed.ts";
import { type Page, usePages } from "./use-pages.ts";
import { UserDialog } from "./user-dialog.tsx";

const PAGE_SIZE = 50;

/** The accounts of the server, by the beginning of a handle or a name. */
export function Users(): ReactNode {
  const chat = useChat();
  const [typed, setTyped] = useState("");
  const query = useDelayed(typed.trim().replace(/^@/, ""));
  const [chosen, setChosen] = useState<v1.User | null>(null);
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal): Promise<Page<v1.User>> => {
      const request = { query, pageSize: PAGE_SIZE, pageToken };
      const { users, nextPageToken } = await chat.call(v1.UserService.method.listUsers, request, { signal });
      return { items: users, nextPageToken };
    },
    [chat, query],
  );
  const pages = usePages(load);
  return (
    <section aria-label="Users">
      <div className="admin-two">
        <Field
          label="Name or handle"
          type="search"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <PagedList pages={pages} nothing="Nobody is called so.">
        {(user) => (
          <li key={user.id}>
            <Avatar userId={user.id} name={nameOf(user)} size="small" />
            <span className="admin-item">
              <span className="truncated">{nameOf(user)}</span>
              <small className="truncated">{accountWords(user)}</small>
            </span>
            <Button aria-label={`Manage ${nameOf(user)}`} onClick={() => setChosen(user)}>
              Manage
            </Button>
          </li>
        )}
      </PagedList>
      {chosen && (
        <UserDialog
          user={pages.items.find(({ id }) => id === chosen.id) ?? chosen}
          onChanged={pages.reload}
          onClose={() => setChosen(null)}
        />
      )}
    </section>
  );
}
