import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { ConflictError, UnavailableError } from "../errors.ts";
import type { Credential, Registration, SessionTokens } from "../options.ts";
import type { Transport, UnaryOptions } from "../transport/port.ts";

const { createSession, refreshSession } = v1.AuthService.method;
const { createUser } = v1.UserService.method;

/** The tokens of a session, and the access token's lifetime from now. */
export interface IssuedTokens extends SessionTokens {
  readonly expiresIn?: Duration | undefined;
}

interface SignInOptions extends UnaryOptions {
  readonly deviceName: string;
}

type SessionCredential = NonNullable<MessageInitShape<typeof createSession.input>["credential"]>;

/** Opens or continues a session. @throws ConfabError when the server refuses or can't be reached */
export async function signIn(
  transport: Transport,
  credential: Credential,
  options: SignInOptions,
): Promise<IssuedTokens> {
  const open = (chosen: SessionCredential): Promise<IssuedTokens> =>
    transport.unary(createSession, { deviceName: options.deviceName, credential: chosen }, options);
  const withPassword = ({ handle, password }: { handle: string; password: string }): Promise<IssuedTokens> =>
    open({ case: "password", value: { handle, password } });

  if ("refreshToken" in credential) {
    return transport.unary(refreshSession, { refreshToken: credential.refreshToken }, options);
  }
  if ("guest" in credential) return open({ case: "guest", value: { displayName: credential.guest } });
  if ("externalToken" in credential) {
    return open({ case: "externalToken", value: await credential.externalToken() });
  }
  if ("register" in credential) {
    await register(transport, credential.register, options);
    return withPassword(credential.register);
  }
  return withPassword(credential);
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
