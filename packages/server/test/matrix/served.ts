import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { root } from "../support/runtimes.ts";

const PROTO = join(root, "node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto");

/** The methods of each service, by their full names. */
export type Services = ReadonlyMap<string, readonly string[]>;

/** What a server says that it serves: the services and methods in its own descriptors, by reflection. */
export async function askServices(address: string): Promise<Services> {
  const client = openReflection(address);
  const { listServicesResponse } = await client.ask({ listServices: "*" });
  const services = new Map<string, readonly string[]>();
  for (const { name } of listServicesResponse?.service ?? []) {
    const { fileDescriptorResponse } = await client.ask({ fileContainingSymbol: name });
    services.set(name, methodsOf(name, fileDescriptorResponse?.fileDescriptorProto ?? []));
  }
  client.close();
  return services;
}

function methodsOf(service: string, files: readonly Buffer[]): readonly string[] {
  for (const bytes of files) {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    const prefix = file.package === "" ? "" : `${file.package}.`;
    const found = file.service.find(({ name }) => `${prefix}${name}` === service);
    if (found) return found.method.map(({ name }) => name);
  }
  throw new Error(`reflection does not describe ${service}`);
}

interface Answer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] } | null;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] } | null;
}

interface ReflectionStream {
  once(event: "data", listener: (answer: Answer) => void): void;
  once(event: "error", listener: (error: ServiceError) => void): void;
  write(request: object): void;
  end(): void;
}

function openReflection(address: string) {
  const { grpc } = loadPackageDefinition(loadSync(PROTO)) as unknown as {
    grpc: { reflection: { v1: { ServerReflection: ServiceClientConstructor } } };
  };
  const client = new grpc.reflection.v1.ServerReflection(address, credentials.createInsecure());
  const open = client as unknown as { serverReflectionInfo(): ReflectionStream };
  return {
    ask: (request: object): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const stream = open.serverReflectionInfo();
        stream.once("error", reject);
        stream.once("data", (answer) => {
          resolve(answer);
          stream.end();
        });
        stream.write(request);
      }),
    close: () => client.close(),
  };
}
