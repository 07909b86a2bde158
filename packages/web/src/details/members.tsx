import {
  isLikelyAllowed,
  type Member,
  type MemberState,
  type Room,
  type RoomInfo,
} from "@confab/client/core";
import { useActivity, useChat, useOnline } from "@confab/client/react";
import { UserPlus } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { momentName } from "../text/times.ts";
import { useMembers } from "./use-members.ts";

const InviteDialog = lazy(async () => ({ default: (await import("./invite-dialog.tsx")).InviteDialog }));
const MemberDialog = lazy(async () => ({ default: (await import("./member-dialog.tsx")).MemberDialog }));

/** A filter is worth its place from this many members on. */
const FILTER_FROM = 10;
const MAX_SHOWN = 200;

const headings = {
  joined: "Members",
  knocking: "Asking to come in",
  invited: "Invited",
  banned: "Banned",
} as const satisfies Partial<Record<MemberState, string>>;
type Listed = keyof typeof headings;

interface MembersProps {
  readonly room: Room;
  readonly info: RoomInfo;
}

/** The people of a room, and those outside whom a moderator deals with. */
export function Members({ room, info }: MembersProps): ReactNode {
  const { me } = useChat();
  const members = useMembers(room);
  const [isInviting, setIsInviting] = useState(false);
  const [chosen, setChosen] = useState<Member | null>(null);
  const closeMember = useCallback(() => setChosen(null), []);
  const mayInvite = isLikelyAllowed("invite", { me, room: info });
  if (members.status === "failed") return <LoadFailed error={members.error} onRetry={members.reload} />;
  if (members.status === "loading") {
    return (
      <section className="details-part" aria-label="Members">
        <Spinner label="Loading members…" />
      </section>
    );
  }
  const lists = members.value;
  return (
    <>
      {(["knocking", "joined", "invited", "banned"] as const).map((state) => {
        const list = lists[state];
        if (list.length === 0 && state !== "joined") return null;
        return (
          <MemberSection key={state} room={room} state={state} list={list} onChoose={setChosen}>
            {state === "joined" && mayInvite && (
              <IconButton icon={UserPlus} label="Invite people" onClick={() => setIsInviting(true)} />
            )}
          </MemberSection>
        );
      })}
      <Suspense>
        {isInviting && (
          <InviteDialog room={room} onInvited={members.reload} onClose={() => setIsInviting(false)} />
        )}
        {chosen && (
          <MemberDialog
            key={chosen.userId}
            room={room}
            info={info}
            member={currentOf(lists, chosen)}
            onChanged={members.reload}
            onClose={closeMember}
          />
        )}
      </Suspense>
    </>
  );
}

interface MemberSectionProps {
  readonly room: Room;
  readonly state: Listed;
  readonly list: readonly Member[];
  readonly onChoose: (member: Member) => void;
  readonly children: ReactNode;
}

function MemberSection({ room, state, list, onChoose, children }: MemberSectionProps): ReactNode {
  const [query, setQuery] = useState("");
  const online = new Set(useOnline(room).map(({ id }) => id));
  const wanted = query.trim().toLowerCase();
  const found = list
    .filter(({ user }) => `${user.displayName}\n${user.handle}`.toLowerCase().includes(wanted))
    .toSorted((one, other) => Number(online.has(other.userId)) - Number(online.has(one.userId)));
  const id = `members-${state}`;
  return (
    <section className="details-part" aria-labelledby={id}>
      <div className="details-heading">
        <h3 id={id}>
          {headings[state]} · {list.length}
        </h3>
        {children}
      </div>
      {list.length >= FILTER_FROM && (
        <input
          className="input"
          type="search"
          aria-label={`Filter: ${headings[state]}`}
          placeholder="Filter"
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
      )}
      <ul className="member-list">
        {found.slice(0, MAX_SHOWN).map((member) => (
          <li key={member.userId}>
            <MemberRow member={member} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="details-soft">Nobody here is called so.</p>}
      {found.length > MAX_SHOWN && (
        <p className="details-soft">And {found.length - MAX_SHOWN} more: filter by name.</p>
      )}
    </section>
  );
}

function MemberRow({
  member,
  onChoose,
}: Pick<MemberSectionProps, "onChoose"> & { member: Member }): ReactNode {
  const { me } = useChat();
  const { userId, user, role, state } = member;
  const activity = useActivity(userId);
  const present = state === "joined" && activity !== "offline" ? activity : "";
  return (
    <button type="button" className="row-button" onClick={() => onChoose(member)}>
      <Avatar userId={userId} name={user.displayName} size="small" showsPresence={state === "joined"} />
      <span className="member-name">
        <span className="truncated">
          {user.displayName}
          {userId === me.id && " (you)"}
        </span>
        <small className="truncated">
          {[user.handle && `@${user.handle}`, present, mutedWords(member)].filter(Boolean).join(" · ")}
        </small>
      </span>
      {role !== "member" && <span className="member-role">{role}</span>}
    </button>
  );
}

function mutedWords({ mutedUntil, expireTime, state }: Member): string {
  const now = new Date();
  if (state === "banned" && expireTime) return `until ${momentName(expireTime, now)}`;
  return mutedUntil && mutedUntil > now ? "muted" : "";
}

/** The chosen member as they are now, in whichever list. */
function currentOf(
  lists: Readonly<Record<Listed, readonly Member[]>>,
  { userId, ...before }: Member,
): Member {
  const all = Object.values(lists).flat();
  return all.find((member) => member.userId === userId) ?? { ...before, userId, state: "left" };
}
