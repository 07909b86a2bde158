import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Code, ConflictError, InvalidArgumentError, required, UnavailableError } from "../errors.ts";
import type { Credential, Registration, SessionTokens } from "../options.ts";
import type { Transport, UnaryOptions } from "../transport/port.ts";

const { createSession, refreshSession } = v1.AuthService.method;
const { createUser } = v1.UserService.method;

/** The tokens of a session, and the access token's lifetime from now. */
export interface IssuedTokens extends SessionTokens {
  readonly sessionId: string;
  readonly expiresIn?: Duration | undefined;
}

interface SignInOptions extends UnaryOptions {
  readonly deviceName: string;
}

/** A credential that opens a session; a service key needs none. */
export type SessionCredential = Exclude<Credential, { readonly serviceKey: string }>;

type Request = NonNullable<MessageInitShape<typeof createSession.input>["credential"]>;

/** Opens or continues a session. @throws ConfabError when the server refuses or can't be reached */
export async function signIn(
  transport: Transport,
  credential: SessionCredential,
  options: SignInOptions,
): Promise<IssuedTokens> {
  const open = async (chosen: Request): Promise<IssuedTokens> => {
    const { deviceName } = options;
    const opened = await transport.unary(createSession, { deviceName, credential: chosen }, options);
    return { ...opened, sessionId: required(opened.session).id };
  };
  const withPassword = ({ handle, password }: { handle: string; password: string }): Promise<IssuedTokens> =>
    open({ case: "password", value: { handle, password } });

  if (credential.refreshToken !== undefined) {
    return transport.unary(refreshSession, { refreshToken: credential.refreshToken }, options);
  }
  if (credential.guest !== undefined)
    return open({ case: "guest", value: { displayName: credential.guest } });
  if (credential.externalToken !== undefined) {
    return open({ case: "externalToken", value: await credential.externalToken() });
  }
  if (credential.register !== undefined) {
    await register(transport, credential.register, options);
    return withPassword(credential.register);
  }
  return withPassword(credential);
}

/** The field that each way to sign in has. */
export const WAYS = ["handle", "guest", "register", "externalToken", "refreshToken", "serviceKey"] as const;

/** Checks what callers without types may get wrong. @throws InvalidArgumentError `CREDENTIAL_INVALID` */
export function checkCredential(credential: Credential): void {
  const given = WAYS.filter((way) => credential[way] !== undefined);
  if (given.length === 1) return;
  const what = given.length === 0 ? "no credential was given" : `${given.join(" and ")} were given`;
  const message = `${what}: give exactly one of ${WAYS.join(", ")}`;
  throw new InvalidArgumentError({ reason: "CREDENTIAL_INVALID", code: Code.INVALID_ARGUMENT, message });
}

/**
 * Creates an account. After a lost answer it asks again, and a conflict then counts as success: if the account is
 * somebody else's, the sign-in that follows fails by its password.
 */
async function register(
  transport: Transport,
  { handle, password, displayName = "" }: Registration,
  options: UnaryOptions,
): Promise<void> {
  const ask = (): Promise<unknown> =>
    transport.unary(createUser, { user: { handle, displayName }, password }, options);
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    try {
      await ask();
    } catch (again) {
      if (!(again instanceof ConflictError)) throw again;
    }
  }
}
