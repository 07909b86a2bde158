import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { Ask } from "../domain/access/ask.ts";
import type { BoundMethod } from "./binding.ts";
import { extraCalls } from "./call-cost.ts";
import { type CallEnvironment, refusePassedDeadline } from "./environment.ts";
import type { IncomingCall } from "./incoming-call.ts";

/** Returns the request, without a promise if it is there already. */
export type ReadRequest = () => object | Promise<object>;

/**
 * Runs one unary call from the gate to the handler's response. The request is read only once the caller is admitted.
 *
 * @throws ChatError of the gate, of `read` and of the handler
 */
export async function runUnary(
  call: IncomingCall,
  { rule, handler }: BoundMethod,
  { gate }: CallEnvironment,
  read: ReadRequest,
): Promise<MessageInitShape<DescMessage>> {
  refusePassedDeadline(call.getDeadline());
  const admitted = gate.admit(rule, call);
  const ask = admitted instanceof Promise ? await admitted : admitted;
  const reading = read();
  const request = reading instanceof Promise ? await reading : reading;
  const extra = extraCalls(request);
  if (extra > 0) await gate.count(ask, extra);
  const run = handler as (ask: Ask, request: unknown) => Promise<MessageInitShape<DescMessage>>;
  return run(ask, request);
}
