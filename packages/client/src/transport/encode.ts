import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { fieldInvalid } from "../fields.ts";

/** A message, and its bytes. */
interface Encoded<Desc extends DescMessage> {
  readonly message: MessageShape<Desc>;
  readonly bytes: Uint8Array;
}

/** Makes a message and encodes it. @throws InvalidArgumentError `FIELD_INVALID` for a value that its field can't have */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Encoded<Desc> {
  try {
    const message = create(schema, init);
    return { message, bytes: toBinary(schema, message) };
  } catch (error) {
    throw fieldInvalid(schema.name, error instanceof Error ? error.message : String(error), error);
  }
}
