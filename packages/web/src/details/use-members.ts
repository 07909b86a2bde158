import { isLikelyAllowed, type Member, type Room } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { useCallback, useEffect } from "react";
import { type Loaded, useLoaded } from "../notices/use-loaded.ts";

const ranks = { owner: 0, moderator: 1, member: 2, guest: 3 } as const satisfies Record<
  Member["role"],
  number
>;
/** Changes that come together load the members once. */
const RELOAD_AFTER_MS = 300;

/** The memberships of a room by state; those outside are known only to who manages members. */
export interface MemberLists {
  readonly joined: readonly Member[];
  readonly invited: readonly Member[];
  readonly knocking: readonly Member[];
  readonly banned: readonly Member[];
}

/** Loads a room's memberships, and again after each change of one. */
export function useMembers(room: Room): Loaded<MemberLists> & { readonly reload: () => void } {
  const { me } = useChat();
  const mayManage = isLikelyAllowed("manage-members", { me, room: useRoomInfo(room) });
  const load = useCallback(
    async (signal: AbortSignal): Promise<MemberLists> => {
      const list = async (state: Member["state"]): Promise<readonly Member[]> =>
        (await room.members({ state, signal })).toSorted(byRoleAndName);
      const outside = async (state: Member["state"]): Promise<readonly Member[]> =>
        mayManage ? list(state) : [];
      const [joined, invited, knocking, banned] = await Promise.all([
        list("joined"),
        outside("invited"),
        outside("knocking"),
        outside("banned"),
      ]);
      return { joined, invited, knocking, banned };
    },
    [room, mayManage],
  );
  const loaded = useLoaded(load);
  useReloadOnChange(room, loaded.reload);
  return loaded;
}

function byRoleAndName(one: Member, other: Member): number {
  return ranks[one.role] - ranks[other.role] || one.user.displayName.localeCompare(other.user.displayName);
}

function useReloadOnChange(room: Room, reload: () => void): void {
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = async (): Promise<void> => {
      for await (const { kind } of room.changes({ signal: ending.signal })) {
        if (kind !== "member" && kind !== "gap") continue;
        clearTimeout(timer);
        timer = setTimeout(reload, RELOAD_AFTER_MS);
      }
    };
    // Ends with the membership or the chat, which is shown elsewhere.
    follow().catch(() => {});
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [room, reload]);
}
