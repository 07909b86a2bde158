import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { simple, v1 } from "@confab/protocol";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";

/** The metadata of a signed-in user's calls. */
export type AccountMetadata = { readonly authorization: string };

/** A signed-in user. */
export interface Account {
  readonly id: string;
  readonly metadata: AccountMetadata;
}

/** The password of every account in the bench. */
export const PASSWORD = "a password for the bench";

/** A client of both contracts, for the work before and between a scenario's measurements. */
export class ConfabClient implements Disposable {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Makes one unary call. */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    account?: Account,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        pathOf(method),
        (init: MessageInitShape<I>) => encode(method.input, init),
        (bytes: Buffer) => fromBinary(method.output, bytes),
        request,
        toMetadata(account),
        (error, response) => (response ? resolve(response) : reject(error)),
      );
    });
  }

  /** Opens a live stream. Its first command must be Hello. */
  connect(
    account: Account,
  ): ClientDuplexStream<MessageInitShape<typeof v1.ConnectRequestSchema>, v1.ConnectResponse> {
    const method = v1.ChatService.method.connect;
    return this.#client.makeBidiStreamRequest(
      pathOf(method),
      (init: MessageInitShape<typeof v1.ConnectRequestSchema>) => encode(method.input, init),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      toMetadata(account),
    );
  }

  /** Registers an account and signs in. Tokens of the simple contract last 12 hours. */
  async register(name: string): Promise<Account> {
    const { createUser, login } = simple.UserService.method;
    await this.unary(createUser, { name, password: PASSWORD });
    const { user, token } = await this.unary(login, { name, password: PASSWORD });
    return { id: user?.id ?? "", metadata: { authorization: `Bearer ${token}` } };
  }

  /** Signs in a new guest. Access tokens last 5 minutes. A guest has no password to hash, so this is fast. */
  async signInGuest(displayName: string): Promise<Account> {
    const { createSession } = v1.AuthService.method;
    const { session, accessToken } = await this.unary(createSession, {
      credential: { case: "guest", value: { displayName } },
    });
    return { id: session?.userId ?? "", metadata: { authorization: `Bearer ${accessToken}` } };
  }

  async join(roomId: string, account: Account): Promise<void> {
    await this.unary(v1.RoomService.method.addMembers, { roomId, userIds: ["me"] }, account);
  }

  /** Makes a room that anyone may join, and returns its id. */
  async createRoom(owner: Account, title: string): Promise<string> {
    const room = { title, kind: v1.RoomKind.GROUP, public: true };
    const response = await this.unary(v1.RoomService.method.createRoom, { room }, owner);
    return response.room?.id ?? "";
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Returns a method's HTTP/2 path. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Encodes a message of the contract. */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return Buffer.from(toBinary(schema, create(schema, init)));
}

function toMetadata(account: Account | undefined): Metadata {
  const metadata = new Metadata();
  if (account) metadata.set("authorization", account.metadata.authorization);
  return metadata;
}
