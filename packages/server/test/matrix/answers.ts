/** Every answer of the tables: a code with its reason, and its meaning for the caller. */
export const meanings = {
  OK: "it is done",
  "OK GAP_ACCESS_CHANGED": "the stream is open; a Gap says that nothing of this room will come",
  "UNAUTHENTICATED SIGN_IN_REQUIRED": "the call needs a token",
  "UNAUTHENTICATED TOKEN_EXPIRED": "the access token has expired: refresh the session",
  "UNAUTHENTICATED TOKEN_INVALID": "not a token of this server, or its session has ended",
  "UNAUTHENTICATED SESSION_REVOKED": "the session has ended: a suspension ends all sessions of an account",
  "UNAUTHENTICATED CREDENTIALS_WRONG":
    "wrong name, wrong password or an account without one: one answer for all",
  "PERMISSION_DENIED NOT_PERMITTED": "not for a caller of this role, or not on this object",
  "PERMISSION_DENIED NOT_A_MEMBER": "only for members of the room",
  "PERMISSION_DENIED INVITE_REQUIRED": "this room is entered by invitation",
  "PERMISSION_DENIED MUTED": "muted in this room for now",
  "PERMISSION_DENIED BANNED": "banned from this room",
  "PERMISSION_DENIED DM_NOT_ALLOWED": "nobody in this direct room takes messages of the caller's",
  "PERMISSION_DENIED NAME_HELD": "without a token, nobody may use the name of an account",
  "PERMISSION_DENIED SUSPENDED": "the account that signs in, or that the call is made for, is suspended",
  "PERMISSION_DENIED REGISTRATION_CLOSED": "only administrators make accounts on this server",
  "NOT_FOUND ROOM_NOT_FOUND": "there is no such room, or none that the caller may know of",
  "NOT_FOUND MEMBER_NOT_FOUND": "this user is not in the room",
  "NOT_FOUND MESSAGE_NOT_FOUND": "there is no such message, or none that the caller may read",
  "NOT_FOUND USER_NOT_FOUND": "there is no such user",
  "NOT_FOUND SESSION_NOT_FOUND": "the user has no such session",
  "NOT_FOUND SERVICE_KEY_NOT_FOUND": "there is no such service key",
  "ALREADY_EXISTS ALREADY_MEMBER": "this user has joined already, or is invited",
  "FAILED_PRECONDITION ROOM_CLOSED": "the accounts of all others in this direct room have been deleted",
  "FAILED_PRECONDITION ROOM_DELETED": "the room has been deleted",
  "INVALID_ARGUMENT NAME_EMPTY": "without a token, a name is needed",
  "INVALID_ARGUMENT FIELD_INVALID": "the caller can't name themselves here",
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
export const dmOff = "PERMISSION_DENIED DM_NOT_ALLOWED";
export const alone = "FAILED_PRECONDITION ROOM_CLOSED";
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
