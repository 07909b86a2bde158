import { type ComponentProps, type ReactNode, useId } from "react";
import "./field.css";

type FieldProps = ComponentProps<"input"> & {
  readonly label: string;
  readonly hint?: string | undefined;
  /** The refusal of this field, as a sentence. */
  readonly error?: string | undefined;
};

/** A labelled line of text, with a hint or a refusal below. */
export function Field({ label, hint, error, className = "", ...rest }: FieldProps): ReactNode {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={`field ${className}`}>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className="input"
        aria-invalid={error !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={error === undefined ? "field-hint" : "field-error"}
          role={error === undefined ? undefined : "alert"}
        >
          {note}
        </p>
      )}
    </div>
  );
}

type ChoiceProps = ComponentProps<"input"> & { readonly label: string; readonly hint?: string };

/** A checkbox with its words. */
export function Choice({ label, hint, ...rest }: ChoiceProps): ReactNode {
  return (
    <label className="choice">
      <input type="checkbox" {...rest} />
      <span>
        {label}
        {hint !== undefined && <span className="choice-hint">{hint}</span>}
      </span>
    </label>
  );
}
