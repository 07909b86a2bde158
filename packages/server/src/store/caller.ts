/** Returns whose turn an operation takes. All that nobody who has signed in has asked for take one turn. */
export function callerOf(input: object): string {
  if ("actor" in input && typeof input.actor === "object" && input.actor !== null && "id" in input.actor) {
    return String(input.actor.id);
  }
  return "userId" in input ? String(input.userId) : "";
}
