import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { TestClient } from "../support/client.ts";
import { describeSymbol, listServices } from "../support/reflect.ts";

/** The methods of each service, by their full names. */
export type Services = ReadonlyMap<string, readonly string[]>;

/** Lists the services and methods that a server describes by reflection. */
export async function askServices(address: string): Promise<Services> {
  using client = new TestClient(address);
  const services = new Map<string, readonly string[]>();
  for (const name of await listServices(client)) {
    services.set(name, methodsOf(name, await describeSymbol(client, name)));
  }
  return services;
}

function methodsOf(service: string, files: readonly Uint8Array[]): readonly string[] {
  for (const bytes of files) {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    const prefix = file.package === "" ? "" : `${file.package}.`;
    const found = file.service.find(({ name }) => `${prefix}${name}` === service);
    if (found) return found.method.map(({ name }) => name);
  }
  throw new Error(`reflection does not describe ${service}`);
}
