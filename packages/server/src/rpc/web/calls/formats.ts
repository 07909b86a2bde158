/** A request's protocol and encoding, by its content type. Its answer has the same. */
export interface Format {
  readonly protocol: "connect" | "connect-stream" | "grpc-web";
  readonly isJson: boolean;
  /** gRPC-Web in base64, for clients that can only read text. */
  readonly isText: boolean;
  /** The content type of the answer. */
  readonly contentType: string;
}

/** The content types that unary methods take, and those of streams. */
export const UNARY_TYPES =
  "application/json, application/proto, application/grpc-web+proto, application/grpc-web+json";
export const STREAM_TYPES =
  "application/connect+json, application/connect+proto, application/grpc-web+proto, application/grpc-web+json";

const TYPE =
  /^application\/(?:(?<unary>proto|json)|connect\+(?<stream>proto|json)|grpc-web(?<text>-text)?(?:\+(?<web>proto|json))?)$/;
const UTF_8 = /^\s*(?:charset\s*=\s*"?utf-?8"?\s*)?$/i;

/** Reads a content type; null if it is none of a call. */
export function parseFormat(contentType = ""): Format | null {
  const [type = "", ...parameters] = contentType.split(";");
  const { groups } = TYPE.exec(type.trim().toLowerCase()) ?? {};
  if (!groups || !parameters.every((parameter) => UTF_8.test(parameter))) return null;
  const { unary, stream, text, web } = groups;
  if (unary) return { ...connectFormat(unary === "json"), isText: false };
  const isJson = stream === "json" || web === "json";
  return {
    protocol: stream ? "connect-stream" : "grpc-web",
    isJson,
    isText: text !== undefined,
    contentType: stream
      ? `application/connect+${stream}`
      : `application/grpc-web${text ?? ""}+${web ?? "proto"}`,
  };
}

/** Returns the format of a unary call in the Connect protocol. */
export function connectFormat(isJson: boolean): Format {
  return {
    protocol: "connect",
    isJson,
    isText: false,
    contentType: isJson ? "application/json" : "application/proto",
  };
}
