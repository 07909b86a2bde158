/** Every answer of the tables, a code with its reason, and what it tells the caller. */
export const meanings = {
  OK: "it is done",
  "OK GAP_ACCESS_CHANGED": "the stream is open, and a Gap says that nothing of this room will come",
  "UNAUTHENTICATED SIGN_IN_REQUIRED": "the call needs a token",
  "UNAUTHENTICATED TOKEN_EXPIRED": "the access token has expired: refresh the session",
  "UNAUTHENTICATED TOKEN_INVALID": "this is no token of this server, or its session has ended",
  "UNAUTHENTICATED SESSION_REVOKED": "the session has ended: a suspension ends all of an account's",
  "UNAUTHENTICATED CREDENTIALS_WRONG":
    "wrong name, wrong password or an account that may not sign in: one answer for all",
  "PERMISSION_DENIED NOT_PERMITTED": "not for a caller of this role, or not on this object",
  "PERMISSION_DENIED NOT_A_MEMBER": "only for who has joined the room",
  "PERMISSION_DENIED INVITE_REQUIRED": "this room is entered by invitation",
  "PERMISSION_DENIED MUTED": "muted in this room for now",
  "PERMISSION_DENIED BANNED": "banned from this room",
  "PERMISSION_DENIED NAME_HELD": "who chats without an account may not take the name of one",
  "PERMISSION_DENIED SUSPENDED": "the account that the call is made for is suspended",
  "PERMISSION_DENIED REGISTRATION_CLOSED": "this server's administrators make its accounts",
  "NOT_FOUND ROOM_NOT_FOUND": "there is no such room, or none that the caller may know of",
  "NOT_FOUND MEMBER_NOT_FOUND": "this user is not in the room",
  "NOT_FOUND MESSAGE_NOT_FOUND": "there is no such message, or none that the caller may read",
  "NOT_FOUND USER_NOT_FOUND": "there is no such user",
  "NOT_FOUND SESSION_NOT_FOUND": "the user has no such session",
  "NOT_FOUND SERVICE_KEY_NOT_FOUND": "there is no such service key",
  "ALREADY_EXISTS ALREADY_MEMBER": "this user has joined already, or is invited",
  "FAILED_PRECONDITION ROOM_DELETED": "the room has been deleted",
  "INVALID_ARGUMENT NAME_EMPTY": "who chats without an account gives a name",
  "INVALID_ARGUMENT FIELD_INVALID": "this can't be asked of oneself",
} as const;

export type Outcome = keyof typeof meanings;

// Their names in the tables.
export const ok = "OK";
export const gap = "OK GAP_ACCESS_CHANGED";
export const signIn = "UNAUTHENTICATED SIGN_IN_REQUIRED";
export const expired = "UNAUTHENTICATED TOKEN_EXPIRED";
export const noToken = "UNAUTHENTICATED TOKEN_INVALID";
export const revoked = "UNAUTHENTICATED SESSION_REVOKED";
export const wrong = "UNAUTHENTICATED CREDENTIALS_WRONG";
export const denied = "PERMISSION_DENIED NOT_PERMITTED";
export const notIn = "PERMISSION_DENIED NOT_A_MEMBER";
export const uninvtd = "PERMISSION_DENIED INVITE_REQUIRED";
export const muted = "PERMISSION_DENIED MUTED";
export const banned = "PERMISSION_DENIED BANNED";
export const held = "PERMISSION_DENIED NAME_HELD";
export const closed = "PERMISSION_DENIED REGISTRATION_CLOSED";
export const halted = "PERMISSION_DENIED SUSPENDED";
export const noRoom = "NOT_FOUND ROOM_NOT_FOUND";
export const noMember = "NOT_FOUND MEMBER_NOT_FOUND";
export const noMsg = "NOT_FOUND MESSAGE_NOT_FOUND";
export const noUser = "NOT_FOUND USER_NOT_FOUND";
export const noSess = "NOT_FOUND SESSION_NOT_FOUND";
export const noKey = "NOT_FOUND SERVICE_KEY_NOT_FOUND";
export const already = "ALREADY_EXISTS ALREADY_MEMBER";
export const gone = "FAILED_PRECONDITION ROOM_DELETED";
export const unnamed = "INVALID_ARGUMENT NAME_EMPTY";
export const invalid = "INVALID_ARGUMENT FIELD_INVALID";
