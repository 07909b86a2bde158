import { create, toBinary } from "@bufbuild/protobuf";
import { health } from "@confab/protocol";
import { ChatError } from "../../domain/errors.ts";
import { healthAccess } from "../access.ts";
import { type Binding, binding } from "../binding.ts";
import { shuttingDown } from "../calls.ts";
import type { StreamContext } from "../handler.ts";

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = health.HealthCheckResponse_ServingStatus;

/** Enough for the longest name of a service. */
const firstRequest = { maxBytes: 512 };

/** The standard health service: the whole server, named "", and each of its services have the same status. */
export class Health {
  readonly binding: Binding;
  readonly #names: ReadonlySet<string>;
  readonly #watchers = new Set<() => void>();
  #isServing = true;

  constructor(serviceNames: readonly string[]) {
    this.#names = new Set(["", ...serviceNames]);
    this.binding = binding(
      health.Health,
      healthAccess,
      {
        check: async (_ask, { service }) => ({ status: this.#statusOf(service) ?? refuse(service) }),
        list: async () => ({
          statuses: Object.fromEntries([...this.#names].map((name) => [name, { status: this.#status }])),
        }),
        watch: (stream, { service }) => this.#watch(stream, service),
      },
      { check: firstRequest, list: firstRequest, watch: firstRequest },
    );
  }

  /** Turns every status to NOT_SERVING, and ends the watches after it. */
  stop(): void {
    this.#isServing = false;
    for (const stopped of this.#watchers) stopped();
  }

  get #status(): health.HealthCheckResponse_ServingStatus {
    return this.#isServing ? SERVING : NOT_SERVING;
  }

  #statusOf(service: string): health.HealthCheckResponse_ServingStatus | null {
    return this.#names.has(service) ? this.#status : null;
  }

  /** Unknown services are watched too: that is the protocol. No service begins while the server runs. */
  async #watch(stream: StreamContext, service: string): Promise<void> {
    const send = (): Promise<void> => {
      const status = this.#statusOf(service) ?? SERVICE_UNKNOWN;
      return stream.send(toBinary(schema, create(schema, { status })));
    };
    await send();
    if (this.#isServing) {
      await this.#untilStopped(stream.signal);
      await send();
    }
    throw shuttingDown();
  }

  /** @throws the signal's reason */
  async #untilStopped(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#watchers.add(resolve);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    try {
      signal.throwIfAborted();
      await promise;
    } finally {
      this.#watchers.delete(resolve);
    }
  }
}

const schema = health.HealthCheckResponseSchema;

function refuse(service: string): never {
  throw new ChatError("SERVICE_NOT_FOUND", `this server has no service \`${service}\``, { field: "service" });
}
