import { v1 } from "@confab/protocol";
import type { Accounts } from "../../app/accounts.ts";
import type { ExternalSignIn } from "../../app/external-sign-in.ts";
import { requireAccount } from "../../app/require.ts";
import type { Sessions } from "../../app/sessions.ts";
import type { SignIn } from "../../app/sign-in.ts";
import type { Origin } from "../../domain/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId } from "../../domain/ids.ts";
import { MAX_CLIENT_MESSAGE_ID_BYTES, MAX_PAYLOAD_BYTES } from "../../domain/message-fields.ts";
import { MAX_PASSWORD_BYTES } from "../../domain/passwords.ts";
import { MAX_TEXT_BYTES } from "../../domain/text.ts";
import type { User } from "../../domain/users.ts";
import { authAccess } from "../access.ts";
import { type Binding, binding } from "../bind.ts";
import { MAX_REQUEST_BYTES } from "../codec.ts";
import { toDuration, toSession } from "./convert.ts";
import { cutPage, MAX_PAGE_SIZE, parsePageSize, parsePageToken } from "./pages.ts";

/** The bounds that every request is held to, in bytes or items, so that a client needn't find them by trying. */
const publishedLimits = {
  request_bytes: BigInt(MAX_REQUEST_BYTES),
  text_bytes: BigInt(MAX_TEXT_BYTES),
  payload_bytes: BigInt(MAX_PAYLOAD_BYTES),
  client_message_id_bytes: BigInt(MAX_CLIENT_MESSAGE_ID_BYTES),
  page_size: BigInt(MAX_PAGE_SIZE),
  password_bytes: BigInt(MAX_PASSWORD_BYTES),
};

/** What a client may know before it signs in. */
interface ServerInfo {
  readonly version: string;
  readonly authMethods: readonly string[];
  readonly allowGuests: boolean;
}

export interface AuthParts {
  readonly info: ServerInfo;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly externalSignIn: ExternalSignIn;
}

/** The full contract's AuthService. */
export function authService({ info, accounts, sessions, signIn, externalSignIn }: AuthParts): Binding {
  return binding(v1.AuthService, authAccess, {
    async getServerInfo() {
      return { version: info.version, authMethods: [...info.authMethods], limits: publishedLimits };
    },

    async createSession(request, context) {
      const user = await identify(request, context);
      const opened = await sessions.open(user, context, request.deviceName);
      return {
        session: toSession(opened.session),
        accessToken: opened.accessToken,
        refreshToken: opened.refreshToken,
        expiresIn: toDuration(opened.expiresInMs),
      };
    },

    async refreshSession({ refreshToken }, context) {
      const pair = await sessions.refresh(refreshToken, context);
      return {
        accessToken: pair.accessToken,
        refreshToken: pair.refreshToken,
        expiresIn: toDuration(pair.expiresInMs),
      };
    },

    async listSessions({ userId: asked, pageSize, pageToken }, context) {
      const userId = await sessions.owner(asked, context);
      const list = `sessions of ${userId}`;
      const size = parsePageSize(pageSize);
      const afterId = parsePageToken(list, pageToken);
      const rows = await sessions.list(userId, { afterId, limit: size + 1 });
      const { page, nextPageToken } = cutPage(rows, { list, size, positionOf: (session) => session.id });
      return { sessions: page.map(toSession), nextPageToken };
    },

    async deleteSession({ sessionId, all, userId: asked }, context) {
      const userId = await sessions.owner(asked, context);
      const own = requireAccount(context.caller).sessionId;
      const chosen = sessionId === "" ? own : (sessionId as SessionId);
      if (all && sessionId !== "") {
        throw new ChatError("FIELD_INVALID", "give a session_id or all, not both", { field: "session_id" });
      }
      const ending = { userId, sessionId: all ? null : chosen, origin: context };
      return { deletedCount: await sessions.end(ending) };
    },
  });

  async function identify(request: v1.CreateSessionRequest, origin: Origin): Promise<User> {
    const { credential } = request;
    switch (credential.case) {
      case "password":
        return signIn.withPassword(credential.value, origin);
      case "externalToken":
        return externalSignIn.withToken(credential.value, origin);
      case "guest": {
        if (!info.allowGuests) {
          throw new ChatError("GUESTS_NOT_ALLOWED", "this server lets no guests in: make an account");
        }
        return accounts.create({ kind: "guest", displayName: credential.value.displayName }, origin);
      }
      case undefined:
        throw new ChatError("FIELD_REQUIRED", "give a credential: password, external_token or guest", {
          field: "credential",
        });
      default:
        return credential satisfies never;
    }
  }
}
