import { useRoom } from "@confab/client/react";
import type { ReactNode } from "react";
import { ConnectionBanner } from "../shell/connection-banner.tsx";

export function Conversation({
  roomId,
}: {
  readonly roomId: string;
  readonly targetSeq: number | undefined;
}): ReactNode {
  const room = useRoom(roomId);
  return (
    <>
      <ConnectionBanner />
      {room?.id}
    </>
  );
}
