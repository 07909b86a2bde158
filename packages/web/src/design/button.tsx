import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import "./button.css";

type ButtonProps = ComponentProps<"button"> & {
  readonly look?: "primary" | "quiet" | "danger" | "text";
  /** True while the action runs: the button can't be pressed again. */
  readonly isBusy?: boolean;
};

/** A button with words. */
export function Button({ look = "quiet", isBusy = false, className = "", ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look} ${className}`}
      disabled={isBusy || rest.disabled}
      aria-busy={isBusy || undefined}
    />
  );
}

type IconButtonProps = Omit<ComponentProps<"button">, "children"> & {
  readonly icon: LucideIcon;
  /** The button's name for screen readers, and its tooltip. */
  readonly label: string;
};

/** A button with a picture instead of words. */
export function IconButton({ icon: Icon, label, className = "", ...rest }: IconButtonProps): ReactNode {
  return (
    <button type="button" title={label} aria-label={label} {...rest} className={`icon-button ${className}`}>
      <Icon size={18} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
