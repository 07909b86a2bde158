import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { v1 } from "@confab/protocol";

interface EncodedFrame {
  /** Null in a response that has no frames: it counts as one. */
  readonly frame: v1.Frame | null;
  /** Where it ends in the response. */
  readonly end: number;
}

/** The frames of an encoded response, each with its end: what comes before an end is a whole response. */
export function splitFrames(bytes: Buffer, hasFrames: boolean): readonly EncodedFrame[] {
  if (!hasFrames) return [{ frame: null, end: bytes.length }];
  const reader = new BinaryReader(bytes);
  const frames: EncodedFrame[] = [];
  while (reader.pos < reader.len) {
    reader.tag();
    frames.push({ frame: fromBinary(v1.FrameSchema, reader.bytes()), end: reader.pos });
  }
  return frames;
}
