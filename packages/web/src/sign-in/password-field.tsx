import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { IconButton } from "../design/button.tsx";
import { Field } from "../design/field.tsx";

/** A password, which can be shown. */
export function PasswordField(props: Omit<ComponentProps<typeof Field>, "label" | "type">): ReactNode {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="sign-in-password">
      <Field {...props} label="Password" type={isShown ? "text" : "password"} />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        label={isShown ? "Hide the password" : "Show the password"}
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
      />
    </div>
  );
}
