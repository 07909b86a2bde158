import type { ChatContext } from "./chat-context.ts";

/**
 * Asks before a command does what can't be undone: it is entered again to be done. Returns true the second time.
 * Any other input in between forgets the question.
 */
export function isConfirmed({ ui }: ChatContext, entered: string): boolean {
  const { asked } = ui.get();
  ui.patch({ asked: asked === entered ? null : entered });
  return asked === entered;
}
