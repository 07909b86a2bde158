import assert from "node:assert/strict";
import { test } from "node:test";
import { simple, v1 } from "./index.ts";

const simpleFiles = [simple.ChatService, simple.UserService].map(({ file }) => file);
const v1Files = [
  ...[v1.AdminService, v1.AuthService, v1.ChatService, v1.RoomService, v1.UserService],
  v1.MessageSchema,
].map(({ file }) => file);

// No file has `ruby_package`: the protoc of Debian's python3-grpc-tools (3.5) refuses it. Ruby's default for
// confab.v1 is the same, Confab::V1.
test("the files of one contract generate into one place, in each language, and not into the other's", () => {
  const places = [simpleFiles, v1Files].map((files) => {
    const all = files.map(({ proto: { options } }) => ({
      csharp: options?.csharpNamespace,
      go: options?.goPackage,
      java: options?.javaPackage,
      objc: options?.objcClassPrefix,
      php: options?.phpNamespace,
      areJavaFilesMany: options?.javaMultipleFiles,
    }));
    for (const place of all) assert.deepEqual(place, all[0]);
    return all[0];
  });
  assert.deepEqual(places, [
    {
      csharp: "Confab.Simple",
      go: "confab/simple",
      java: "confab.simple",
      objc: "CFS",
      php: "Confab\\Simple",
      areJavaFilesMany: true,
    },
    {
      csharp: "Confab.V1",
      go: "confab/v1;confabv1",
      java: "confab.v1",
      objc: "CFV",
      php: "Confab\\V1",
      areJavaFilesMany: true,
    },
  ]);
});
