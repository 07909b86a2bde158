import type { MessageInitShape } from "@bufbuild/protobuf";
import { reflection, reflectionAlpha } from "@confab/protocol";
import type { TestClient } from "./client.ts";

/** The two versions of reflection, each with its own messages, whose bytes are the same. */
export const reflectionServices = {
  v1: reflection.ServerReflection,
  v1alpha: reflectionAlpha.ServerReflection,
} as const;
export type ReflectionVersion = keyof typeof reflectionServices;

type Request = NonNullable<
  MessageInitShape<typeof reflection.ServerReflectionRequestSchema>["messageRequest"]
>;
type Answer = reflection.ServerReflectionResponse["messageResponse"];

/** Asks reflection for one thing, on a stream of its own. */
export function reflect(
  client: TestClient,
  messageRequest: Request,
  version: ReflectionVersion = "v1",
): Promise<Answer> {
  // The messages of v1alpha have other type names, and the same fields.
  const { serverReflectionInfo } = reflectionServices[version]
    .method as typeof reflection.ServerReflection.method;
  const stream = client.bidi(serverReflectionInfo);
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("data", ({ messageResponse }: reflection.ServerReflectionResponse) => {
      resolve(messageResponse);
      stream.end();
    });
    stream.write({ messageRequest });
  });
}

/** The names of all services. */
export async function listServices(client: TestClient, version?: ReflectionVersion): Promise<string[]> {
  const answer = await reflect(client, { case: "listServices", value: "*" }, version);
  return answer.case === "listServicesResponse" ? answer.value.service.map(({ name }) => name) : [];
}

/** The files that describe a symbol; none, if it is not found. */
export async function describeSymbol(
  client: TestClient,
  value: string,
  version?: ReflectionVersion,
): Promise<readonly Uint8Array[]> {
  const answer = await reflect(client, { case: "fileContainingSymbol", value }, version);
  return answer.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : [];
}
