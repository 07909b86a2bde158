import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { fieldInvalid } from "../fields.ts";

/** Encodes a message. @throws InvalidArgumentError `FIELD_INVALID` for a value that its field can't have */
export function encode<Desc extends DescMessage>(
  schema: Desc,
  init: MessageInitShape<Desc>,
): Uint8Array<ArrayBuffer> {
  try {
    return toBinary(schema, create(schema, init));
  } catch (error) {
    throw fieldInvalid(schema.name, error instanceof Error ? error.message : String(error), error);
  }
}
