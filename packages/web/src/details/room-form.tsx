import type { Room, RoomChanges, RoomInfo, RoomPolicy } from "@confab/client/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Choice, Field } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { useAction } from "../notices/use-action.ts";
import { durationWords } from "./durations.ts";

const joinRules = [
  ["open", "Everybody may join"],
  ["knock", "People ask, and are let in"],
  ["invite", "By invitation only"],
] as const satisfies readonly (readonly [RoomPolicy["joinRule"], string])[];
const histories = [
  ["full", "All messages"],
  ["since-join", "Messages since they joined"],
] as const satisfies readonly (readonly [RoomPolicy["historyVisibility"], string])[];
const SLOW_MODES_MS = [0, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];

interface RoomFormProps {
  readonly room: Room;
  readonly info: RoomInfo;
  readonly onClose: () => void;
}

type Entries = Pick<RoomInfo, "title" | "topic" | "isPublic"> &
  Pick<RoomPolicy, "joinRule" | "historyVisibility" | "slowModeMs">;

/** Changes a room's title, topic and rules. */
export function RoomForm({ room, info, onClose }: RoomFormProps): ReactNode {
  const { isBusy, run } = useAction();
  const [before] = useState<Entries>(() => entriesOf(info));
  const [entries, setEntries] = useState<Entries>(before);
  const [error, setError] = useState<string>();
  const set = (changes: Partial<Entries>): void => {
    setEntries({ ...entries, ...changes });
    setError(undefined);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (entries.title.trim() === "") return setError("Say how the room is called.");
    const changes = changesBetween(before, entries);
    if (Object.keys(changes).length === 0) return onClose();
    if (await run(() => room.update(changes), "The room is changed.")) onClose();
  };
  return (
    <Dialog title="Edit the room" onClose={onClose}>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <Field
          label="Title"
          autoFocus
          value={entries.title}
          error={error}
          onChange={({ target }) => set({ title: target.value })}
        />
        <Field label="Topic" value={entries.topic} onChange={({ target }) => set({ topic: target.value })} />
        <Choice
          label="Public"
          hint="Everybody can find it in the list of rooms."
          checked={entries.isPublic}
          onChange={({ target }) => set({ isPublic: target.checked })}
        />
        {entries.isPublic && (
          <Select
            label="Joining"
            value={entries.joinRule}
            options={joinRules}
            onChoose={(joinRule) => set({ joinRule })}
          />
        )}
        <Select
          label="New members see"
          value={entries.historyVisibility}
          options={histories}
          onChoose={(historyVisibility) => set({ historyVisibility })}
        />
        <Select
          label="Slow mode"
          hint="The least time between two messages of one member."
          value={String(entries.slowModeMs)}
          options={slowModes(before.slowModeMs)}
          onChoose={(ms) => set({ slowModeMs: Number(ms) })}
        />
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" isBusy={isBusy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function entriesOf({ title, topic, isPublic, policy }: RoomInfo): Entries {
  const { joinRule, historyVisibility, slowModeMs } = policy;
  return { title, topic, isPublic, joinRule, historyVisibility, slowModeMs };
}

/** Returns only what has changed: others may have changed the rest meanwhile. */
function changesBetween(before: Entries, { isPublic, joinRule, ...after }: Entries): RoomChanges {
  const rule = isPublic ? joinRule : before.joinRule;
  return {
    ...(after.title.trim() !== before.title && { title: after.title.trim() }),
    ...(after.topic.trim() !== before.topic && { topic: after.topic.trim() }),
    ...(isPublic !== before.isPublic && { isPublic }),
    ...(rule !== before.joinRule && { joinRule: rule }),
    ...(after.historyVisibility !== before.historyVisibility && {
      historyVisibility: after.historyVisibility,
    }),
    ...(after.slowModeMs !== before.slowModeMs && { slowModeMs: after.slowModeMs }),
  };
}

/** The usual choices, and the room's own if it is another. */
function slowModes(ownMs: number): readonly (readonly [string, string])[] {
  return [...new Set([...SLOW_MODES_MS, ownMs])]
    .toSorted((one, other) => one - other)
    .map((ms) => [String(ms), ms === 0 ? "Off" : durationWords(ms)]);
}
