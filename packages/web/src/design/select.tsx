import { type ComponentProps, type ReactNode, useId } from "react";
import "./field.css";

type SelectProps<T extends string> = Omit<ComponentProps<"select">, "value" | "onChange"> & {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: T;
  /** The choices with their words, in order. */
  readonly options: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
};

/** A labelled choice of one among a few. */
export function Select<T extends string>(props: SelectProps<T>): ReactNode {
  const { label, hint, options, onChoose, ...rest } = props;
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select
        {...rest}
        id={id}
        className="input"
        aria-describedby={hint === undefined ? undefined : `${id}-note`}
        onChange={({ target }) => {
          const chosen = options.find(([value]) => value === target.value);
          if (chosen) onChoose(chosen[0]);
        }}
      >
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-note`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
