import { ChatProvider, keyOf, useConnection, useMarkRead, useMessages } from "@confab/client/react";
import { type Chat, connect, type Room } from "@confab/client/web";
import { type ReactNode, useState } from "react";
import { createRoot } from "react-dom/client";

interface Opened {
  readonly chat: Chat;
  readonly room: Room;
}

function SignIn({ onOpened }: { readonly onOpened: (opened: Opened) => void }): ReactNode {
  const [error, setError] = useState("");
  async function enter(form: FormData): Promise<void> {
    try {
      const chat = await connect("/", { guest: `${form.get("name")}` });
      onOpened({ chat, room: await chat.rooms.open("lobby") });
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal.message : "");
    }
  }
  return (
    <form action={enter}>
      <input name="name" aria-label="Your name" required />
      <button type="submit">Enter</button>
      <p role="alert">{error}</p>
    </form>
  );
}

function Lobby({ room }: { readonly room: Room }): ReactNode {
  const { status } = useConnection();
  const { items } = useMessages(room);
  useMarkRead(room);
  return (
    <main>
      <p role="status">{status}</p>
      {items.map((item) => (
        <p key={keyOf(item)} className={item.state}>
          <b>{item.sender.displayName}</b> {item.text}
        </p>
      ))}
      {/* The timeline shows a message that was refused. */}
      <form action={(form) => void room.send(`${form.get("text")}`).catch(() => {})}>
        <input name="text" aria-label="Message" required onInput={() => room.setTyping()} />
      </form>
    </main>
  );
}

function App(): ReactNode {
  const [opened, setOpened] = useState<Opened>();
  if (!opened) return <SignIn onOpened={setOpened} />;
  return (
    <ChatProvider chat={opened.chat}>
      <Lobby room={opened.room} />
    </ChatProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
