import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { Code, type ConfabError, confabError } from "../errors.ts";

type SendRequest = MessageInitShape<typeof v1.SendMessageRequestSchema>;

/** A command's id is never longer, nor is that of the one before it. */
const LONGEST_COMMAND_ID = "9".repeat(16);
const utf8 = new TextEncoder();

/** Checks sizes by the limits that the server has named, so that nothing is sent that it would refuse. */
export class SizeLimits {
  readonly #limits: v1.GetServerInfoResponse["limits"];

  constructor({ limits }: v1.GetServerInfoResponse) {
    this.#limits = limits;
  }

  /** @throws InvalidArgumentError `TEXT_TOO_LONG` */
  checkText(text: string): void {
    const { bytes, max } = this.#compare("text_bytes", utf8.encode(text).length);
    if (bytes > max) throw tooLarge("TEXT_TOO_LONG", "text", { bytes, max });
  }

  /** @throws InvalidArgumentError `TEXT_TOO_LONG`, `FIELD_TOO_LONG`; QuotaError `REQUEST_TOO_LARGE` */
  checkMessage(request: SendRequest): void {
    this.checkText(request.text ?? "");
    const payload = this.#compare("payload_bytes", request.payload?.length ?? 0);
    if (payload.bytes > payload.max) throw tooLarge("FIELD_TOO_LONG", "payload", payload);
    const id = this.#compare("client_message_id_bytes", utf8.encode(request.clientMessageId).length);
    if (id.bytes > id.max) throw tooLarge("FIELD_TOO_LONG", "client_message_id", id);
    const command = {
      commandId: LONGEST_COMMAND_ID,
      afterCommandId: LONGEST_COMMAND_ID,
      command: { case: "sendMessage", value: request },
    } as const;
    const encoded = toBinary(v1.ConnectRequestSchema, create(v1.ConnectRequestSchema, command));
    const { bytes, max } = this.#compare("request_bytes", encoded.length);
    if (bytes > max) {
      const message = `the message has ${bytes} bytes in all; at most ${max} are allowed`;
      throw confabError({ reason: "REQUEST_TOO_LARGE", code: Code.RESOURCE_EXHAUSTED, message });
    }
  }

  /** Pairs a number of bytes with its limit; an older server may name none. */
  #compare(limit: string, bytes: number): Size {
    return { bytes, max: Number(this.#limits[limit] ?? Number.POSITIVE_INFINITY) };
  }
}

interface Size {
  readonly bytes: number;
  readonly max: number;
}

function tooLarge(reason: string, field: string, { bytes, max }: Size): ConfabError {
  const message = `${field} has ${bytes} bytes; at most ${max} are allowed`;
  const fieldViolations = [{ field, description: message }];
  return confabError({ reason, code: Code.INVALID_ARGUMENT, message, fieldViolations });
}
