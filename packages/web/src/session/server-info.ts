import { webTransport } from "@confab/client/web";
import { v1 } from "@confab/protocol";

const TIMEOUT_MS = 10_000;

/** The ways in that the server offers. */
export interface ServerInfo {
  readonly hasGuests: boolean;
  readonly hasPasswords: boolean;
}

/** Asks the server how one may sign in. @throws ConfabError */
export async function serverInfo(): Promise<ServerInfo> {
  const transport = webTransport("/");
  try {
    const { getServerInfo } = v1.AuthService.method;
    const { authMethods } = await transport.unary(getServerInfo, {}, { timeoutMs: TIMEOUT_MS });
    return { hasGuests: authMethods.includes("guest"), hasPasswords: authMethods.includes("password") };
  } finally {
    transport.close();
  }
}
