/** Ids that the compiler keeps apart. To clients all of them are opaque strings. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<"UserId">;
export type RoomId = Branded<"RoomId">;
export type SessionId = Branded<"SessionId">;

/** The room of the simple contract. Every database has it from its first migration on. */
export const LOBBY = "lobby" as RoomId;
