/** Identifiers that the compiler keeps apart. All are opaque strings to clients. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<"UserId">;
export type RoomId = Branded<"RoomId">;
export type SessionId = Branded<"SessionId">;

/** The room of the simple contract. It exists in every database from its first migration on. */
export const LOBBY = "lobby" as RoomId;
