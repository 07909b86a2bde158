import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { simple, v1 } from "@confab/protocol";
import { type CallOptions, type Channel, TestClient } from "../support/client.ts";
import { forgeToken, readSigningKey, type SigningKey } from "../support/forge.ts";
import {
  AUDIENCE,
  type IdentityProvider,
  ISSUER,
  startIdentityProvider,
} from "../support/identity-provider.ts";
import { PASSWORD } from "../support/people.ts";
import type { Runtime } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { WebChannel, type WebProtocol } from "../support/web-channel.ts";
import { openStageRoom } from "./rooms/open.ts";
import type { CallerName } from "./rows.ts";

const HOUR_S = 3_600;

const { createSession } = v1.AuthService.method;
const { createServiceKey, resetPassword } = v1.AdminService.method;

/** An account, with all that an RPC can name of it. What it does not have is empty, or of nobody. */
export interface Account {
  readonly id: string;
  readonly handle: string;
  readonly password: string;
  readonly externalToken: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** The name of the key that it calls with, or has made. */
  readonly keyName: string;
  /** A room that it owns, with one message, of another's. */
  readonly roomId: string;
  /** A member of that room. */
  readonly memberId: string;
}

/** Someone who calls: an account and what proves it. */
export interface Caller {
  readonly options: CallOptions;
  readonly account: Account;
}

/** The callers of the matrix, and a service key that acts for a user. */
export type Role = CallerName | "acting";

/** A part of the play. Hashing a password is the dear thing here, so only who needs one has one. */
export interface Part {
  readonly role: Role;
  readonly name: string;
  readonly hasPassword?: boolean;
  readonly room?: "private" | "public";
}

/** The accounts that play the matrix on a server: made when they are needed, and again when they are used up. */
export class Cast implements AsyncDisposable {
  readonly address: string;
  readonly client: TestClient;
  /** The operator's own socket: an administrator before there is one. */
  readonly operator: TestClient;
  readonly #signingKey: SigningKey;
  /** Makes the accounts without a password: they sign in with its tokens. */
  readonly #provider: IdentityProvider;
  readonly #opened: AsyncDisposableStack;
  readonly #parts = new Map<string, Promise<Caller>>();
  #made = 0;

  private constructor(
    server: ServerProcess,
    { provider, channel }: { provider: IdentityProvider; channel: Channel | string },
    opened: AsyncDisposableStack,
  ) {
    const { address, dataDir } = server;
    this.address = address;
    this.#signingKey = readSigningKey(dataDir);
    this.#provider = provider;
    this.client = opened.use(new TestClient(channel));
    this.operator = opened.use(new TestClient(`unix:${join(dataDir, "operator.sock")}`));
    this.#opened = opened;
  }

  /** Starts a server, and says something in its lobby, so that whoever may listen hears it at once. */
  static async start(
    runtime: Runtime,
    { env = {}, protocol }: { env?: Readonly<Record<string, string>>; protocol?: WebProtocol } = {},
  ): Promise<Cast> {
    await using opened = new AsyncDisposableStack();
    const provider = opened.use(await startIdentityProvider());
    const settings = {
      CONFAB_JWKS_URL: provider.url,
      CONFAB_JWT_ISSUER: ISSUER,
      CONFAB_JWT_AUDIENCE: AUDIENCE,
      CONFAB_JWT_ROLE_CLAIM: "role",
      ...env,
    };
    const server = opened.use(await startServerProcess({ runtime, env: settings }));
    using client = new TestClient(server.address);
    await client.unary(simple.ChatService.method.sendMessage, { userName: "Someone", text: "hello" });
    const channel = protocol ? new WebChannel(server, protocol) : server.address;
    return new Cast(server, { provider, channel }, opened.move());
  }

  /** The account that has this part until it is recast. */
  get(part: Part): Promise<Caller> {
    const key = keyOf(part);
    const known = this.#parts.get(key);
    if (known) return known;
    const made = this.#equip(part);
    this.#parts.set(key, made);
    return made;
  }

  /** Lets the next `get` make another one, for a part that has been deleted, signed out or promoted. */
  recast(part: Part): void {
    this.#parts.delete(keyOf(part));
  }

  async #equip(part: Part): Promise<Caller> {
    const caller = await this.#make(part);
    if (!part.room || part.role === "anonymous") return caller;
    const by = await this.get({ name: "who makes rooms", role: "service" });
    const member = await this.get({ name: "who is in rooms", role: "user" });
    const memberId = member.account.id;
    const roomId = await openStageRoom(
      { cast: this, options: by.options },
      { isPublic: part.room === "public", ownerIds: [caller.account.id], memberIds: [memberId] },
    );
    return { ...caller, account: { ...caller.account, roomId, memberId } };
  }

  async #make({ role, hasPassword = false }: Part): Promise<Caller> {
    switch (role) {
      case "anonymous":
        return { options: {}, account: { ...withoutAnything, id: "me" } };
      case "expired": {
        const { account, options } = await this.#person("user", hasPassword);
        return { account, options: { token: await this.#outdated(options) } };
      }
      case "guest":
        return this.#guest();
      case "user":
      case "moderator":
      case "admin":
        return this.#person(role, hasPassword);
      case "service":
        return this.#service();
      case "suspended": {
        const caller = await this.#person("user", hasPassword);
        const suspension = { userId: caller.account.id, state: v1.UserState.SUSPENDED };
        await this.operator.unary(v1.UserService.method.updateUserAccess, suspension);
        return caller;
      }
      case "acting": {
        const { account } = await this.#person("user", hasPassword);
        const service = await this.get({ name: "who acts", role: "service" });
        return { account, options: actingFor(service.options, account.id) };
      }
      default:
        return role satisfies never;
    }
  }

  /** A name that nobody has yet. */
  newName(stem: string): string {
    this.#made++;
    return `${stem}-${this.#made}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync();
  }

  async #person(role: "user" | "moderator" | "admin", hasPassword: boolean): Promise<Caller> {
    const handle = this.newName(role);
    const externalToken = await this.#provider.sign({ sub: handle, preferred_username: handle, role });
    const signIn = () =>
      this.client.unary(createSession, { credential: { case: "externalToken", value: externalToken } });
    let opened = await signIn();
    if (hasPassword) {
      const userId = opened.session?.userId ?? "";
      await this.operator.unary(resetPassword, { userId, newPassword: PASSWORD });
      opened = await signIn();
    }
    const password = hasPassword ? PASSWORD : "";
    const caller = toCaller(opened, { handle, password, externalToken, keyName: handle });
    if (role !== "admin") return caller;
    const keyName = this.newName("key");
    await this.client.unary(createServiceKey, { name: keyName }, caller.options);
    return { ...caller, account: { ...caller.account, keyName } };
  }

  async #guest(): Promise<Caller> {
    const credential = { case: "guest", value: { displayName: "Guest" } } as const;
    return toCaller(await this.client.unary(createSession, { credential }), {});
  }

  async #service(): Promise<Caller> {
    const keyName = this.newName("service");
    const { key, serviceKey } = await this.operator.unary(createServiceKey, { name: keyName });
    const id = serviceKey?.userId ?? "";
    // Calls that take a secret that a key does not have get the key instead.
    const account = { ...nobody(), id, handle: keyName, keyName, refreshToken: key, externalToken: key };
    return { options: { token: key }, account };
  }

  /** The same access token, an hour after its end: signed by the server's own key, of a session that lives. */
  #outdated({ token = "" }: CallOptions): Promise<string> {
    const nowS = Math.floor(Date.now() / 1_000);
    const payload = { iat: nowS - 2 * HOUR_S, exp: nowS - HOUR_S };
    // Of the key that the server began with, which it still knows when it signs with another.
    const header = { kid: this.#signingKey.keyId };
    return forgeToken(this.#signingKey, token, { header, payload });
  }
}

const withoutAnything: Account = {
  id: "",
  handle: "",
  password: "",
  externalToken: "",
  sessionId: "",
  refreshToken: "",
  keyName: "",
  roomId: "",
  memberId: "",
};

/** An account that does not exist. */
export function nobody(): Account {
  return {
    id: randomUUID(),
    handle: "nobody-at-all",
    password: PASSWORD,
    externalToken: "no.such.token",
    sessionId: randomUUID(),
    refreshToken: `cfr_${"n".repeat(65)}`,
    keyName: "no-such-key",
    roomId: newRoomId(),
    memberId: randomUUID(),
  };
}

/** The id of a room that does not exist, and looks like any other. */
export function newRoomId(): string {
  return randomBytes(12).toString("base64url");
}

/** The options of a call by a service key in a user's name. */
export function actingFor(service: CallOptions, userId: string): CallOptions {
  return { ...service, metadata: { "x-confab-act-as": userId } };
}

function keyOf({ name, hasPassword, room }: Part): string {
  return [name, hasPassword ? "with a password" : "", room ?? ""].join(", ");
}

function toCaller(
  { session, accessToken, refreshToken }: v1.CreateSessionResponse,
  known: Partial<Account>,
): Caller {
  const [id, sessionId] = [session?.userId ?? "", session?.id ?? ""];
  return {
    options: { token: accessToken },
    account: { ...withoutAnything, ...known, id, sessionId, refreshToken },
  };
}
