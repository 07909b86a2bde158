import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { simple, v1 } from "@confab/protocol";
import type { ClientReadableStream } from "@grpc/grpc-js";
import { type CallOptions, readRefusal, streamError, TestClient } from "./client.ts";
import type { ServerProcess } from "./server-process.ts";

const { createSession } = v1.AuthService.method;
const { createUser, updateUserAccess } = v1.UserService.method;
const { listAuditEntries } = v1.AdminService.method;

export const PASSWORD = "correct horse battery";

/** Someone who has signed in. Passed as the options of a call, the call is theirs. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly sessionId: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** Makes an account and signs in to it. */
export async function register(
  client: TestClient,
  handle: string,
  profile: MessageInitShape<typeof v1.UserSchema> = {},
): Promise<Person> {
  await client.unary(createUser, { user: { ...profile, handle }, password: PASSWORD });
  return signIn(client, handle);
}

export async function signIn(client: TestClient, handle: string, password = PASSWORD): Promise<Person> {
  return openSession(client, handle, { case: "password", value: { handle, password } });
}

export async function signInAsGuest(client: TestClient, displayName: string): Promise<Person> {
  return openSession(client, "", { case: "guest", value: { displayName } });
}

export async function signInWithToken(client: TestClient, externalToken: string): Promise<Person> {
  return openSession(client, "", { case: "externalToken", value: externalToken });
}

async function openSession(
  client: TestClient,
  handle: string,
  credential: NonNullable<MessageInitShape<typeof v1.CreateSessionRequestSchema>["credential"]>,
): Promise<Person> {
  const { session, accessToken, refreshToken } = await client.unary(createSession, { credential });
  const { userId: id = "", id: sessionId = "" } = session ?? {};
  return { id, handle, sessionId, token: accessToken, refreshToken };
}

/** A client on the operator's own socket, which may do all that an administrator may. */
export function operatorClient({ dataDir }: Pick<ServerProcess, "dataDir">): TestClient {
  return new TestClient(`unix:${join(dataDir, "operator.sock")}`);
}

/** Gives an account another system role. */
export async function giveRole(server: ServerProcess, { id }: Person, role: v1.SystemRole): Promise<void> {
  using operator = operatorClient(server);
  await operator.unary(updateUserAccess, { userId: id, role });
}

/** The newest entries of the audit trail that have to do with a user, newest first. */
export async function auditOf(server: ServerProcess, userId: string): Promise<readonly v1.AuditEntry[]> {
  using operator = operatorClient(server);
  const { entries } = await operator.unary(listAuditEntries, { userId, pageSize: 100 });
  return entries;
}

/** Opens a stream and resolves once the server has let it in. @throws the stream's error when it doesn't */
export async function listen(
  client: TestClient,
  options: CallOptions,
): Promise<ClientReadableStream<simple.Message>> {
  const stream = client.serverStream(simple.ChatService.method.receiveMessage, {}, options);
  await once(stream, "metadata");
  return stream;
}

/** A stream ends within a second of what ends it; this is for a slow machine that does much else. */
export const MAX_END_MS = 10_000;

/** Does something, and waits for it to end a stream. */
export async function assertEnds(
  stream: ClientReadableStream<unknown>,
  reason: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const ended = streamError(stream);
  await act();
  const actedAt = performance.now();
  assert.equal(readRefusal(await ended).reason, reason);
  const tookMs = performance.now() - actedAt;
  assert.ok(tookMs < MAX_END_MS, `it took ${tookMs} ms`);
}

/** Checks that a stream still goes on, and cancels it. */
export async function assertOpen(
  client: TestClient,
  stream: ClientReadableStream<simple.Message>,
): Promise<void> {
  const text = `still here ${randomUUID()}`;
  const heard = new Promise<void>((resolve, reject) => {
    stream.on("data", (message: simple.Message) => {
      if (message.text === text) resolve();
    });
    stream.once("error", reject);
  });
  await client.unary(simple.ChatService.method.sendMessage, { userName: "a guest", text });
  await heard;
  stream.on("error", () => {});
  stream.cancel();
}
