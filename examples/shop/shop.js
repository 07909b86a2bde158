// A shop's back end with its own users: they chat with tokens that the shop signs, and each order is a room with the shop.
//
//   node examples/shop/shop.js keys data/shop                  # once: the shop's key, and its public part for Confab
//   CONFAB_JWKS_FILE=data/shop/public.json CONFAB_JWT_ISSUER=shop CONFAB_JWT_AUDIENCE=confab npm start
//   SHOP_KEY=$(npx confab key create shop) node examples/shop/shop.js serve data/shop localhost:50051 3000
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { ConfabError, connect, UnavailableError } from "@confab/client";

/** The shop's users: Confab never sees their passwords. */
const users = new Map([
  ["ada", { name: "Ada Lovelace", password: "a password of the shop" }],
  ["grace", { name: "Grace Hopper", password: "another password" }],
]);
const TOKEN_S = 60;
const MAX_BODY_BYTES = 10_000;

/** An error that its caller may read. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const [command, folder = "data/shop", confab = "localhost:50051", port = "3000"] = process.argv.slice(2);
if (command === "keys") makeKeys();
else if (command === "serve") await serve();
else throw new Error("say `keys` or `serve`");

function makeKeys() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = { ...publicKey.export({ format: "jwk" }), kid: "shop", alg: "EdDSA", use: "sig" };
  mkdirSync(folder, { recursive: true });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(`${folder}/private.pem`, pem, { mode: 0o600, flag: "wx" });
  writeFileSync(`${folder}/public.json`, JSON.stringify({ keys: [key] }));
}

async function serve() {
  const privateKey = createPrivateKey(readFileSync(`${folder}/private.pem`));
  const shop = await connect(confab, { serviceKey: process.env.SHOP_KEY ?? "", waitForServer: true });
  const sessions = new Map();
  const confabIds = new Map();

  /** Signs a token that says who this user is. Confab makes an account when it first sees it. */
  function tokenFor(login) {
    const nowS = Math.floor(Date.now() / 1_000);
    const about = { sub: login, preferred_username: login, name: users.get(login).name };
    const claims = { iss: "shop", aud: "confab", iat: nowS, exp: nowS + TOKEN_S, ...about };
    const signed = [{ alg: "EdDSA", kid: "shop" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
  }

  /** Returns the user's id in Confab, which a first sign-in makes. */
  async function confabIdOf(login) {
    if (!confabIds.has(login)) {
      await using chat = await connect(confab, { externalToken: () => tokenFor(login) });
      confabIds.set(login, chat.me.id);
    }
    return confabIds.get(login);
  }

  const routes = {
    /** Signs a user of the shop in. */
    "POST /login": async (_login, { user, password }) => {
      if (!users.has(user) || users.get(user).password !== password) {
        throw new Refusal(401, "no such user, or a wrong password");
      }
      const session = randomUUID();
      sessions.set(session, user);
      return { session };
    },
    /** Gives what the user's own program needs to chat: `connect(address, { externalToken })`. */
    "POST /chat-token": async (login) => ({ address: confab, externalToken: tokenFor(login) }),
    /** Opens a room for an order. The same order sent again changes nothing. */
    "POST /orders": async (login, { order, item }) => {
      if (typeof order !== "string" || !/^\w{1,40}$/.test(order) || typeof item !== "string") {
        throw new Refusal(400, "give an order, of letters and digits, and an item");
      }
      const requestId = `order-${login}-${order}`;
      const members = [await confabIdOf(login)];
      const room = await shop.rooms.create({
        title: `Order ${order}`,
        members,
        requestId,
        labels: { order },
      });
      await room.send(`Thank you for ordering: ${item}`, { clientMessageId: requestId });
      return { roomId: room.id };
    },
  };

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch(refuse);
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
  });
  server.listen(Number(port), "127.0.0.1", () => {
    process.stdout.write(`the shop is open on http://127.0.0.1:${server.address().port}\n`);
  });

  async function answer(request) {
    const { method, url, headers } = request;
    const route = routes[`${method} ${url}`];
    if (!route) throw new Refusal(404, "no such page");
    const login = sessions.get(headers.authorization);
    if (!login && url !== "/login") throw new Refusal(401, "sign in first");
    if (headers["transfer-encoding"] || Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      throw new Refusal(413, `send at most ${MAX_BODY_BYTES} bytes, with their length`);
    }
    const body = await json(request).catch(() => null);
    return { status: 200, body: await route(login, body ?? {}) };
  }

  for await (const { sender, text, isMine, roomId } of shop.messages()) {
    if (isMine) continue;
    const { order } = shop.rooms.get(roomId)?.info.get().labels ?? {};
    process.stdout.write(`order ${order}, ${sender.displayName}: ${JSON.stringify(text)}\n`);
  }
}

function refuse(error) {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
  process.stderr.write(`${error instanceof ConfabError ? error.message : error.stack}\n`);
  if (!(error instanceof ConfabError)) return { status: 500, body: { error: "a mistake of the shop" } };
  // An order that is sent again with another item, for one.
  if (!(error instanceof UnavailableError)) return { status: 409, body: { error: error.message } };
  return { status: 503, body: { error: "the chat is away: try again" } };
}
