import { useActivity } from "@confab/client/react";
import type { ReactNode } from "react";
import { hueOf, initialsOf } from "./initials.ts";
import "./avatar.css";

interface AvatarProps {
  readonly userId: string;
  readonly name: string;
  readonly size?: "small" | "tiny" | undefined;
  readonly showsPresence?: boolean;
}

/** A user's initials on a colour of their own. Says nothing to screen readers: the name stands beside it. */
export function Avatar({ userId, name, size, showsPresence = false }: AvatarProps): ReactNode {
  return (
    <span
      className={size ? `avatar avatar-${size}` : "avatar"}
      style={{ "--hue": hueOf(userId) }}
      aria-hidden
    >
      {initialsOf(name)}
      {showsPresence && <PresenceDot userId={userId} />}
    </span>
  );
}

function PresenceDot({ userId }: { readonly userId: string }): ReactNode {
  const activity = useActivity(userId);
  return activity === "offline" ? null : <span className={`presence presence-${activity}`} />;
}
