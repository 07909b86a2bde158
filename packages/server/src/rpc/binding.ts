import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { CallRule } from "../domain/access/system-access.ts";
import { MAX_REQUEST_BYTES, RequestTooLarge, decode as readMessage } from "./codec.ts";
import type { AccessTable, Handlers } from "./handler.ts";

/** One service of the contract, with the access rules and the handlers of its methods. */
export interface Binding {
  readonly service: DescService;
  readonly access: Readonly<Record<string, CallRule>>;
  readonly handlers: Readonly<Record<string, unknown>>;
  readonly firstRequests?: FirstRequests;
}

/** The first requests of methods, where they are not as all other requests. */
type FirstRequests = Readonly<Record<string, FirstRequest>>;

interface FirstRequest {
  /** More or less than the other requests of the service may have; those after the first have no more than either. */
  readonly maxBytes: number;
  /** Decodes at most that many bytes, if not in the usual way. @throws ChatError REQUEST_MALFORMED */
  decode?(bytes: Uint8Array): object;
}

/** Pairs a service with its rules and handlers. The compiler checks that none is missing. */
export function binding<Service extends DescService, Access extends AccessTable<Service>>(
  service: Service,
  access: Access,
  handlers: Handlers<Service, Access>,
  firstRequests: FirstRequests = {},
): Binding {
  return { service, access, handlers, firstRequests };
}

/** One method with everything that a port needs to serve it. */
export interface BoundMethod {
  /** `/confab.v1.ChatService/SendMessage` */
  readonly path: string;
  readonly method: DescMethod;
  readonly rule: CallRule;
  /** Fits the method and the rule: `binding` has checked it. */
  readonly handler: unknown;
  readonly first: FirstRequest;
}

/** Returns the methods of a service. @throws Error when one has no rule, so that the server does not start */
export function methodsOf({ service, access, handlers, firstRequests = {} }: Binding): BoundMethod[] {
  return service.methods.map((method) => {
    const { localName, name } = method;
    const rule = access[localName];
    if (!rule) throw new Error(`${service.typeName}.${name} has no access rule`);
    const path = `/${service.typeName}/${name}`;
    const first = firstRequests[localName] ?? { maxBytes: MAX_REQUEST_BYTES };
    return { path, method, rule, handler: handlers[localName], first };
  });
}

/** Decodes the first request of a call. @throws RequestTooLarge; ChatError REQUEST_MALFORMED */
export function decodeFirst({ method, first }: BoundMethod, bytes: Uint8Array): object {
  const { maxBytes, decode: read } = first;
  if (!read) return readMessage(method.input, bytes, maxBytes);
  if (bytes.length > maxBytes) throw new RequestTooLarge(bytes, maxBytes);
  return read(bytes);
}
