import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";

type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

/** Lets generic clients (grpcurl, buf curl, Postman) list and call what this server serves, without its files. */
export function addReflection(server: Server, services: readonly DescService[]): void {
  const files = new Map<string, DescFile>();
  for (const service of services) collect(service.file, files);
  const fileDescriptorProtos = [...files.values()].map((file) => toFileDescriptor(file));
  // The library reads nothing but `fileDescriptorProtos`.
  const definition = { contract: { fileDescriptorProtos } } as unknown as PackageDefinition;
  const reflection = new ReflectionService(definition);
  nameThePackageless(reflection);
  reflection.addToServer(server);
}

function collect(file: DescFile, files: Map<string, DescFile>): void {
  if (files.has(file.name)) return;
  files.set(file.name, file);
  for (const dependency of file.dependencies) collect(dependency, files);
}

/** protobuf-es names files without their ending; the other tools of protobuf name them with it. */
function toFileDescriptor(file: DescFile): Buffer {
  return Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto));
}

interface SymbolTables {
  symbols: Record<string, unknown>;
  services: Record<string, unknown>;
}

/**
 * @grpc/reflection 1.0.4 files what has no package under ".ChatService" instead of "ChatService", so that
 * clients neither see its real name nor find it. Adds the real names and lists the services by them alone.
 */
function nameThePackageless(reflection: ReflectionService): void {
  const { v1, v1Alpha } = reflection as unknown as { v1: SymbolTables; v1Alpha: SymbolTables };
  for (const tables of [v1, v1Alpha]) {
    tables.symbols = { ...tables.symbols, ...withoutLeadingDot(tables.symbols) };
    tables.services = withoutLeadingDot(tables.services);
  }
}

function withoutLeadingDot(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name.replace(/^\./, ""), entry]));
}
