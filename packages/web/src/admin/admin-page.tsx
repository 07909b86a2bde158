import { useChat } from "@confab/client/react";
import { ArrowLeft, ShieldX } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { Button, IconButton } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { Audit } from "./audit.tsx";
import { Keys } from "./keys.tsx";
import { PublicRooms } from "./public-rooms.tsx";
import { Users } from "./users.tsx";
import "./admin.css";

const parts = [
  ["/admin", "Users"],
  ["/admin/rooms", "Rooms"],
  ["/admin/audit", "Audit"],
  ["/admin/keys", "Service keys"],
] as const;

/** The administrators' screens. The server decides who may use them; others are told so. */
export function AdminPage({ path }: { readonly path: string }): ReactNode {
  const { me } = useChat();
  const [, navigate] = useLocation();
  if (me.role !== "admin") {
    return (
      <EmptyState
        icon={ShieldX}
        title="This is for administrators"
        actions={<Button onClick={() => navigate("/")}>Back to your rooms</Button>}
      >
        You are signed in as {me.displayName}, who is none.
      </EmptyState>
    );
  }
  return (
    <>
      <header className="pane-bar">
        <IconButton
          className="only-phone"
          icon={ArrowLeft}
          label="Back to the rooms"
          onClick={() => navigate("/")}
        />
        <h1 className="admin-title">Administration</h1>
      </header>
      <nav className="admin-parts" aria-label="Administration">
        {parts.map(([href, title]) => (
          <Link key={href} href={href} aria-current={href === path ? "page" : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className="admin">
        <Part path={path} />
      </div>
    </>
  );
}

function Part({ path }: { readonly path: string }): ReactNode {
  switch (path) {
    case "/admin/rooms":
      return <PublicRooms />;
    case "/admin/audit":
      return <Audit />;
    case "/admin/keys":
      return <Keys />;
    default:
      return <Users />;
  }
}
