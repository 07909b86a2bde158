import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { v1 } from "@confab/protocol";
import { PREFIX_BYTES, toResponse } from "../live/responses.ts";

interface OneResponse {
  /** Null in a contract without frames. */
  readonly frame: v1.Frame | null;
  readonly response: Buffer;
}

/** Splits one write into responses that can be sent on their own; each frame becomes a response. */
export function splitResponses(responses: Buffer, hasFrames: boolean): readonly OneResponse[] {
  const split: OneResponse[] = [];
  for (let start = 0; start < responses.length; ) {
    const end = start + PREFIX_BYTES + responses.readUInt32BE(start + 1);
    if (hasFrames) split.push(...splitFrames(responses.subarray(start + PREFIX_BYTES, end)));
    else split.push({ frame: null, response: responses.subarray(start, end) });
    start = end;
  }
  return split;
}

function splitFrames(message: Buffer): readonly OneResponse[] {
  const reader = new BinaryReader(message);
  const split: OneResponse[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    reader.tag();
    const frame = fromBinary(v1.FrameSchema, reader.bytes());
    split.push({ frame, response: toResponse(message.subarray(start, reader.pos)) });
  }
  return split;
}
