import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, test } from "node:test";
import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { health, reflection } from "@confab/protocol";
import { assertMemorySettles } from "../support/memory.ts";
import { send } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { frame } from "../support/raw-call.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { within } from "../support/wait.ts";

const { watch } = health.Health.method;
const { serverReflectionInfo } = reflection.ServerReflection.method;

const ADDRESSES = 10;
/** Each address asks for more than it may have: at once, and then in each second. */
const CALLS_AT_ONCE = 100;
const CALLS_PER_SECOND = 5;
const WATCHES = 50;
const REQUESTS = 50;

for (const runtime of runtimes) {
  describe(`a flood of health and reflection on ${runtime}`, async () => {
    const env = {
      CONFAB_RATE_LIMITS: "true",
      CONFAB_LIMIT_SEND: "1000/1",
      CONFAB_LIMIT_CALLS: `${CALLS_AT_ONCE}/${CALLS_AT_ONCE / CALLS_PER_SECOND}`,
    };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const { pid } = server.process;
    assert.ok(pid);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);

    test("is refused beyond its limit, costs no memory, and others are answered meanwhile", async (t) => {
      const startedAtMs = performance.now();
      using flood = new Flood(server.address);
      await assertMemorySettles(pid, async () => {
        const flooded = flood.round();
        await send(client, { room, from: ada }, "hello");
        await within(flooded, "answer to each call of the flood");
      });
      const elapsedS = (performance.now() - startedAtMs) / 1_000;
      t.diagnostic(`${flood.admitted} of ${flood.opened} calls were let in`);
      const allowed = ADDRESSES * (CALLS_AT_ONCE + CALLS_PER_SECOND * elapsedS);
      assert.ok(flood.admitted <= allowed, `${flood.admitted} calls were let in, of ${allowed} allowed`);
    });
  });
}

/** Watches unknown services and cancels, and asks reflection without reading, from several addresses. */
class Flood implements Disposable {
  opened = 0;
  admitted = 0;
  readonly #sessions: readonly ClientHttp2Session[];

  constructor(address: string) {
    const [host = "", port = ""] = address.split(":");
    this.#sessions = Array.from({ length: ADDRESSES }, (_, index) => {
      const localAddress = `127.0.9.${index + 1}`;
      const createConnection = () => connect({ host, port: Number(port), localAddress });
      return connectHttp2(`http://${address}`, { createConnection }).on("error", () => {});
    });
  }

  /** Makes many calls from each address, and cancels each one once the server has let it in or refused it. */
  async round(): Promise<void> {
    await Promise.all(this.#sessions.flatMap((session) => this.#calls(session)));
  }

  [Symbol.dispose](): void {
    for (const session of this.#sessions) session.destroy();
  }

  #calls(session: ClientHttp2Session): readonly Promise<void>[] {
    const watching = Array.from({ length: WATCHES }, () => {
      const stream = open(session, watch);
      stream.end(encode(watch.input, { service: "x".repeat(400) }));
      return stream;
    });
    const asking = open(session, serverReflectionInfo);
    const value = "confab.v1.ChatService";
    const request = encode(serverReflectionInfo.input, {
      messageRequest: { case: "fileContainingSymbol", value },
    });
    for (let index = 0; index < REQUESTS; index++) asking.write(request);
    return [...watching, asking].map((stream) => this.#answerTo(stream));
  }

  async #answerTo(stream: ClientHttp2Stream): Promise<void> {
    this.opened++;
    const [head] = await once(stream, "response");
    if (head["grpc-status"] === undefined) this.admitted++;
    stream.close(8);
  }
}

function open(session: ClientHttp2Session, { parent, name }: DescMethod): ClientHttp2Stream {
  const path = `/${parent.typeName}/${name}`;
  const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
  return session.request(headers).on("error", () => {});
}

function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return frame(toBinary(schema, create(schema, init)));
}
