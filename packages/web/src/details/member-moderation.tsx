import type { Member, Role, Room } from "@confab/client/core";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { useAction } from "../notices/use-action.ts";
import { durationWords } from "./durations.ts";

const roles = [
  ["guest", "Guest"],
  ["member", "Member"],
  ["moderator", "Moderator: keeps order"],
  ["owner", "Owner: may do everything"],
] as const satisfies readonly (readonly [Role, string])[];

const HOUR_MS = 60 * 60_000;
const FOREVER = "forever";
const ends = [
  ...[HOUR_MS / 6, HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS].map(
    (ms) => [String(ms), `For ${durationWords(ms)}`] as const,
  ),
  [FOREVER, "Until it is lifted"] as const,
];
/** A mute needs an end; this is as good as none. */
const LONGEST_MUTE_MS = 100 * 365 * 24 * HOUR_MS;

interface MemberModerationProps {
  readonly room: Room;
  readonly member: Member;
  readonly isMe: boolean;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Changes a membership: its role, a mute, a removal, a ban, and the ends of those. */
export function MemberModeration(props: MemberModerationProps): ReactNode {
  const { room, member, isMe, onChanged, onClose } = props;
  const { userId, user, state, role } = member;
  const { isBusy, run } = useAction();
  const name = user.displayName;
  const change = async (action: () => Promise<unknown>, done: string): Promise<void> => {
    if (!(await run(action, done))) return;
    onChanged();
  };
  const leave = async (action: () => Promise<unknown>, done: string): Promise<void> => {
    await change(action, done);
    onClose();
  };
  const update = (changes: Parameters<Room["updateMember"]>[1]) => () => room.updateMember(userId, changes);

  switch (state) {
    case "joined":
      return (
        <div className="dialog-part">
          <Select
            label="Role in this room"
            value={role}
            options={roles}
            disabled={isBusy}
            onChoose={(chosen) => void change(update({ role: chosen }), `${name} is ${chosen} of this room.`)}
          />
          {!isMe && <Sanctions {...props} isBusy={isBusy} change={change} leave={leave} />}
        </div>
      );
    case "knocking":
      return (
        <Row>
          <Button
            look="primary"
            isBusy={isBusy}
            onClick={() => void change(update({ state: "joined" }), `${name} is in the room.`)}
          >
            Let in
          </Button>
          <Button
            isBusy={isBusy}
            onClick={() => void leave(update({ state: "left" }), `${name} is turned down.`)}
          >
            Turn down
          </Button>
        </Row>
      );
    case "invited":
      return (
        <Row>
          <Button
            isBusy={isBusy}
            onClick={() => void leave(() => room.remove(userId), `The invitation of ${name} is taken back.`)}
          >
            Take the invitation back
          </Button>
        </Row>
      );
    case "banned":
      return (
        <Row>
          <Button
            isBusy={isBusy}
            onClick={() => void leave(update({ state: "left" }), `${name} may come back.`)}
          >
            Lift the ban
          </Button>
        </Row>
      );
    case "left":
      return null;
    default:
      return state satisfies never;
  }
}

function Row({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div className="dialog-part">
      <div className="button-row">{children}</div>
    </div>
  );
}

type Change = (action: () => Promise<unknown>, done: string) => Promise<void>;
type SanctionsProps = Pick<MemberModerationProps, "room" | "member"> & {
  readonly isBusy: boolean;
  readonly change: Change;
  readonly leave: Change;
};

function Sanctions({ room, member, isBusy, change, leave }: SanctionsProps): ReactNode {
  const { userId, user, mutedUntil } = member;
  const name = user.displayName;
  const [end, setEnd] = useState(String(HOUR_MS));
  const [reason, setReason] = useState("");
  const isMuted = mutedUntil !== undefined && mutedUntil > new Date();
  const mute = (): Promise<Member> => {
    const durationMs = end === FOREVER ? LONGEST_MUTE_MS : Number(end);
    return room.updateMember(userId, { mutedUntil: new Date(Date.now() + durationMs), reason });
  };
  const ban = (): Promise<Member> => {
    const expireTime = end === FOREVER ? null : new Date(Date.now() + Number(end));
    return room.updateMember(userId, { state: "banned", expireTime, reason });
  };
  return (
    <>
      <Select label="Mute or ban" value={end} options={ends} onChoose={setEnd} />
      <Field
        label="Reason"
        hint="They are told it if they are removed or banned."
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <div className="button-row">
        {isMuted ? (
          <Button
            isBusy={isBusy}
            onClick={() =>
              void change(() => room.updateMember(userId, { mutedUntil: null }), `${name} may write again.`)
            }
          >
            Unmute
          </Button>
        ) : (
          <Button isBusy={isBusy} onClick={() => void change(mute, `${name} can only read now.`)}>
            Mute
          </Button>
        )}
        <Button
          isBusy={isBusy}
          onClick={() =>
            void leave(() => room.remove(userId, { reason }), `${name} is removed from this room.`)
          }
        >
          Remove
        </Button>
        <Button look="danger" isBusy={isBusy} onClick={() => void leave(ban, `${name} is banned.`)}>
          Ban
        </Button>
      </div>
    </>
  );
}
