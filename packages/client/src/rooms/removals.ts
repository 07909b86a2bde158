import { timestampDate } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Code, NotFoundError, PermissionError } from "../errors.ts";
import { Source } from "../observable.ts";

const MAX_KEPT = 20;

/** Tells the user that another has removed or banned them, or has turned their knock or invitation down. */
export interface Removal {
  readonly roomId: string;
  readonly title: string;
  readonly state: "left" | "banned";
  /** The end of a ban; undefined if it has none. */
  readonly until?: Date;
  /** Empty if none was given. */
  readonly reason: string;
  /** The id of the user who did it; empty if the user was not connected then. */
  readonly actorId: string;
}

/** The rooms that others have removed the user from since the chat was opened. */
export class Removals {
  /** The newest 20, newest first. */
  readonly list: Source<readonly Removal[]>;
  #list: readonly Removal[] = [];
  /** The last event about the user's own membership, if it says that they are out of the room. */
  #own: v1.Event | null = null;

  constructor() {
    this.list = new Source(() => this.#list);
  }

  /** Takes an event about the user's own membership. One that removes them comes right before the room's end. */
  note(event: v1.Event): void {
    const { change } = event;
    this.#own = change.case === "member" && isOut(change.value) ? event : null;
  }

  /** Called at the end of a room. @returns the removal that ended it, if one did */
  ended(roomId: string, title: string): Removal | null {
    const event = this.#own;
    this.#own = null;
    if (event?.roomId !== roomId || event.change.case !== "member") return null;
    const { state, expireTime, reason } = event.change.value;
    const removal: Removal = {
      roomId,
      title,
      state: state === v1.MemberState.BANNED ? "banned" : "left",
      ...(expireTime && { until: timestampDate(expireTime) }),
      reason,
      actorId: event.actorId,
    };
    this.#list = [removal, ...this.#list].slice(0, MAX_KEPT);
    this.list.changed();
    return removal;
  }
}

/** Makes the error that ends what the user does in a room that another has removed them from. */
export function removedError({ title, state, until, reason }: Removal): PermissionError {
  const what = state === "banned" ? "banned" : "removed";
  const end = until ? ` until ${until.toISOString()}` : "";
  const message = `you were ${what} from the room "${title}"${end}${reason && `: ${reason}`}`;
  const constant = state === "banned" ? "BANNED" : "REMOVED_FROM_ROOM";
  return new PermissionError({ reason: constant, code: Code.PERMISSION_DENIED, message });
}

/** Makes the error for a room that the user has left, or that is gone. */
export function notInRoom(title: string): NotFoundError {
  const message = `you are not in the room "${title}" any more`;
  return new NotFoundError({ reason: "ROOM_NOT_FOUND", code: Code.NOT_FOUND, message });
}

function isOut({ state }: v1.Member): boolean {
  return state === v1.MemberState.LEFT || state === v1.MemberState.BANNED;
}
