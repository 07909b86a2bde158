import {
  create,
  type DescFile,
  type DescService,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { reflection, reflectionAlpha } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { reflectionAccess } from "../access.ts";
import { type Binding, binding } from "../binding.ts";
import type { StreamContext } from "../handler.ts";
import { stalled } from "../stalled.ts";

type Request = reflection.ServerReflectionRequest;
type Answer = NonNullable<
  MessageInitShape<typeof reflection.ServerReflectionResponseSchema>["messageResponse"]
>;

/** Enough for the longest name, twice: the answer repeats its request. */
const MAX_REQUEST_BYTES = 1024;
/** A client has this long to take an answer, which may have all files of the contracts. */
const TAKE_ANSWER_MS = 30_000;

/** Lets generic clients (grpcurl, buf curl, Postman) list and call the services without having their .proto files. */
export function reflectionBindings(services: readonly DescService[]): Binding[] {
  const answer = answers([...services, reflection.ServerReflection, reflectionAlpha.ServerReflection]);
  const firstRequests = { serverReflectionInfo: { maxBytes: MAX_REQUEST_BYTES } };
  /** Answers one request after the other, each when the client has taken the answer before. */
  async function serve(stream: StreamContext, requests: AsyncIterable<Request>): Promise<void> {
    for await (const request of requests) {
      await stream.ask();
      await sendAnswer(stream, request, answer(request));
    }
  }
  return [
    binding(reflection.ServerReflection, reflectionAccess, { serverReflectionInfo: serve }, firstRequests),
    binding(
      reflectionAlpha.ServerReflection,
      reflectionAccess,
      { serverReflectionInfo: (stream, requests) => serve(stream, inV1(requests)) },
      firstRequests,
    ),
  ];
}

/** Converts requests of the older version: the messages of both have the same bytes. */
async function* inV1(
  requests: AsyncIterable<reflectionAlpha.ServerReflectionRequest>,
): AsyncIterable<Request> {
  for await (const request of requests) {
    const bytes = toBinary(reflectionAlpha.ServerReflectionRequestSchema, request);
    yield fromBinary(reflection.ServerReflectionRequestSchema, bytes);
  }
}

async function sendAnswer(stream: StreamContext, request: Request, messageResponse: Answer): Promise<void> {
  const schema = reflection.ServerReflectionResponseSchema;
  const init = { validHost: request.host, originalRequest: request, messageResponse };
  const timer = setTimeout(() => stream.end(stalled()), TAKE_ANSWER_MS);
  try {
    await stream.send(toBinary(schema, create(schema, init)));
  } finally {
    clearTimeout(timer);
  }
}

/** Answers requests about the services, and about everything in their files. */
function answers(services: readonly DescService[]): (request: Request) => Answer {
  const files = new Map<string, DescFile>();
  for (const { file } of services) collect(file, files);
  const symbols = new Map([...files.values()].flatMap((file) => namesIn(file).map((name) => [name, file])));
  const bytes = new Map(
    [...files.values()].map((file) => [file, toBinary(FileDescriptorProtoSchema, file.proto)]),
  );

  /** The file and all that it imports. */
  function describe(file: DescFile | undefined): Answer {
    if (!file) return notFound();
    const needed = new Map<string, DescFile>();
    collect(file, needed);
    const fileDescriptorProto = [...needed.values()].flatMap((each) => bytes.get(each) ?? []);
    return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
  }

  return ({ messageRequest }) => {
    switch (messageRequest.case) {
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: services.map(({ typeName }) => ({ name: typeName })) },
        };
      case "fileByFilename":
        return describe(files.get(messageRequest.value));
      case "fileContainingSymbol":
        return describe(symbols.get(messageRequest.value));
      // No file of the contracts has extensions.
      case "fileContainingExtension":
      case "allExtensionNumbersOfType":
        return notFound();
      case undefined:
        return error(status.UNIMPLEMENTED, "this server doesn't know that request");
      default:
        return messageRequest satisfies never;
    }
  };
}

function collect(file: DescFile, files: Map<string, DescFile>): void {
  // `proto.name` has the suffix .proto, by which other files import this one.
  const { name } = file.proto;
  if (files.has(name)) return;
  files.set(name, file);
  for (const dependency of file.dependencies) collect(dependency, files);
}

/** Returns the full names of everything in a file. */
function namesIn(file: DescFile): string[] {
  return [...nestedTypes(file)].flatMap((type) => {
    const { typeName } = type;
    switch (type.kind) {
      case "message":
        return [typeName, ...[...type.fields, ...type.oneofs].map(({ name }) => `${typeName}.${name}`)];
      case "enum": {
        // The values of an enum are its siblings, not its children.
        const scope = typeName.slice(0, typeName.lastIndexOf(".") + 1);
        return [typeName, ...type.values.map(({ name }) => `${scope}${name}`)];
      }
      case "service":
        return [typeName, ...type.methods.map(({ name }) => `${typeName}.${name}`)];
      case "extension":
        return [typeName];
      default:
        return type satisfies never;
    }
  });
}

function notFound(): Answer {
  return error(status.NOT_FOUND, "this server has nothing of that name");
}

function error(errorCode: status, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
