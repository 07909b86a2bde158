import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Auth, Credential } from "../../../app/sessions/auth.ts";
import type { TokenPair } from "../../../app/sessions/sessions.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { SessionId, UserId } from "../../../domain/ids.ts";
import { MAX_CLIENT_MESSAGE_ID_BYTES, MAX_PAYLOAD_BYTES } from "../../../domain/messages/fields.ts";
import { MAX_PASSWORD_BYTES } from "../../../domain/sessions/passwords.ts";
import type { Session } from "../../../domain/sessions/session.ts";
import { MAX_TEXT_BYTES } from "../../../domain/text.ts";
import { authAccess } from "../../access.ts";
import { type Binding, binding } from "../../binding.ts";
import { MAX_REQUEST_BYTES } from "../../codec.ts";
import { MAX_PAGE_SIZE, readPage } from "../pages.ts";

/** The limits of every request, in bytes or items. A client can read them and needn't find them by trying. */
const publishedLimits = {
  request_bytes: BigInt(MAX_REQUEST_BYTES),
  text_bytes: BigInt(MAX_TEXT_BYTES),
  payload_bytes: BigInt(MAX_PAYLOAD_BYTES),
  client_message_id_bytes: BigInt(MAX_CLIENT_MESSAGE_ID_BYTES),
  page_size: BigInt(MAX_PAGE_SIZE),
  password_bytes: BigInt(MAX_PASSWORD_BYTES),
};

/** The part of the server's settings that a client may know before it signs in. */
interface ServerInfo {
  readonly version: string;
  readonly authMethods: readonly string[];
}

/** The full contract's AuthService. */
export function authService(auth: Auth, info: ServerInfo): Binding {
  return binding(v1.AuthService, authAccess, {
    async getServerInfo() {
      return { version: info.version, authMethods: [...info.authMethods], limits: publishedLimits };
    },

    async createSession(ask, { credential, deviceName }) {
      const opened = await auth.createSession(ask, { credential: toCredential(credential), deviceName });
      return { session: toSession(opened.session), ...toTokens(opened) };
    },

    async refreshSession(ask, request) {
      const refreshed = await auth.refreshSession(ask, request);
      return { sessionId: refreshed.sessionId, ...toTokens(refreshed) };
    },

    async listSessions(ask, { userId: asked, ...request }) {
      const userId = orOwn(asked, ask);
      const { page, nextPageToken } = await readPage(request, {
        list: `sessions of ${userId}`,
        read: (afterId, limit) => auth.listSessions(ask, { userId, afterId, limit }),
        positionOf: ({ id }) => id,
      });
      return { sessions: page.map(toSession), nextPageToken };
    },

    async deleteSession(ask, { sessionId, all, userId }) {
      const ending = { userId: orOwn(userId, ask), sessionId: sessionId as SessionId | "", all };
      return { deletedCount: await auth.deleteSession(ask, ending) };
    },
  });
}

function orOwn(userId: string, { caller }: AccountAsk): UserId {
  return userId === "" ? caller.account.id : (userId as UserId);
}

function toTokens({ accessToken, refreshToken, expiresInMs }: TokenPair) {
  return { accessToken, refreshToken, expiresIn: durationFromMs(expiresInMs) };
}

/** @throws ChatError FIELD_REQUIRED */
function toCredential(credential: v1.CreateSessionRequest["credential"]): Credential {
  switch (credential.case) {
    case "password": {
      const { handle, password } = credential.value;
      return { kind: "password", handle, password };
    }
    case "externalToken":
      return { kind: "external-token", token: credential.value };
    case "guest":
      return { kind: "guest", displayName: credential.value.displayName };
    case undefined:
      throw new ChatError("FIELD_REQUIRED", "give a credential: password, external_token or guest", {
        field: "credential",
      });
    default:
      return credential satisfies never;
  }
}

function toSession(session: Session) {
  return {
    id: session.id,
    userId: session.userId,
    deviceName: session.deviceName,
    createTime: timestampFromMs(session.createdAtMs),
    lastUsedTime: timestampFromMs(session.lastUsedAtMs),
    expireTime: timestampFromMs(session.expiresAtMs),
  };
}
