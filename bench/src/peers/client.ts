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

/** What the calls of someone who has signed in carry. */
export type AccountMetadata = { readonly authorization: string };

/** Someone who has signed in. */
export interface Account {
  readonly id: string;
  readonly metadata: AccountMetadata;
}

/** What every account of the bench has. */
export const PASSWORD = "a password for the bench";

/** A client of both contracts, for what a scenario does before and between its measurements. */
export class ConfabClient implements Disposable {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Makes one unary call and resolves with its response. */
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

  /** Opens a live stream, whose first command has to be Hello. */
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

  /** Makes an account and signs in, for the 12 hours that the simple contract's tokens last. */
  async register(name: string): Promise<Account> {
    const { createUser, login } = simple.UserService.method;
    await this.unary(createUser, { name, password: PASSWORD });
    const { user, token } = await this.unary(login, { name, password: PASSWORD });
    return { id: user?.id ?? "", metadata: { authorization: `Bearer ${token}` } };
  }

  /** Makes a guest's account and signs in, for the 5 minutes that an access token lasts: a guest has no password to hash. */
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

  /** Makes a room that anyone may join, and gives its id. */
  async createRoom(owner: Account, title: string): Promise<string> {
    const room = { title, kind: v1.RoomKind.GROUP, public: true };
    const response = await this.unary(v1.RoomService.method.createRoom, { room }, owner);
    return response.room?.id ?? "";
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Where HTTP/2 finds a method of the contract. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** A message of the contract as bytes. */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return Buffer.from(toBinary(schema, create(schema, init)));
}

function toMetadata(account: Account | undefined): Metadata {
  const metadata = new Metadata();
  if (account) metadata.set("authorization", account.metadata.authorization);
  return metadata;
}
