import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { rpc, v1 } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { needs, python } from "../support/needs.ts";
import { PASSWORD, register, signIn } from "../support/people.ts";
import { root } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually, HANG_MS } from "../support/wait.ts";

const { createUser, getUser, updateUser, listUsers, updateUserAccess } = v1.UserService.method;
const { createSession } = v1.AuthService.method;

/** A day gives nothing back while the tests run. */
const DAY_S = 86_400;
const me = { key: { case: "userId", value: "me" } } as const;

describe("errors", async () => {
  const env = {
    CONFAB_RATE_LIMITS: "true",
    CONFAB_LIMIT_SIGN_IN_ACCOUNT: `1/${DAY_S}`,
    CONFAB_LOG_LEVEL: "debug",
  };
  const { server, client } = await forSuite(startServerProcess({ runtime: "node", env }));
  const person = await register(client, "ada");

  /** One refusal of every kind that a caller can bring about. */
  function refusals(): Readonly<Record<string, () => Promise<unknown>>> {
    const conflict = {
      user: { id: "me", about: "x", etag: "7" },
      updateMask: { paths: ["about"] },
    };
    return {
      HANDLE_INVALID: () => client.unary(createUser, { user: { handle: "no name" }, password: PASSWORD }),
      PAGE_SIZE_INVALID: () => client.unary(listUsers, { pageSize: -1 }, person),
      SIGN_IN_REQUIRED: () => client.unary(getUser, me),
      TOKEN_INVALID: () => client.unary(getUser, me, { token: "nonsense" }),
      NOT_PERMITTED: () => client.unary(updateUserAccess, { userId: "me" }, person),
      USER_NOT_FOUND: () => client.unary(getUser, { key: { case: "userId", value: "nobody" } }, person),
      HANDLE_TAKEN: () => client.unary(createUser, { user: { handle: "ada" }, password: PASSWORD }),
      EDIT_CONFLICT: () => client.unary(updateUser, conflict, person),
      EXTERNAL_SIGN_IN_OFF: () =>
        client.unary(createSession, { credential: { case: "externalToken", value: "a.b.c" } }),
      CREDENTIALS_WRONG: () => signIn(client, "nobody", "not this one"),
      RATE_LIMITED: () => signIn(client, "nobody", "not this one"),
      REQUEST_MALFORMED: () => client.unaryBytes(getUser, Buffer.from("0a05", "hex"), person),
    };
  }

  test("every refusal says why for programs, and names itself and the field that is wrong", async () => {
    const withField = [
      "HANDLE_INVALID",
      "PAGE_SIZE_INVALID",
      "HANDLE_TAKEN",
      "EDIT_CONFLICT",
      "EXTERNAL_SIGN_IN_OFF",
    ];
    const ids = new Set<string>();
    for (const [reason, call] of Object.entries(refusals())) {
      const error = await errorOf(call());
      const { code, message, info, badRequest, retry, request } = readDetails(error);
      assert.deepEqual([code, message], [error.code, error.details], reason);
      assert.deepEqual([info?.reason, info?.domain], [reason, "confab"]);
      const [violation, ...more] = badRequest?.fieldViolations ?? [];
      assert.equal(withField.includes(reason), violation !== undefined, reason);
      assert.deepEqual(more, []);
      if (violation) {
        assert.equal(violation.description, error.details);
        assert.deepEqual(info?.metadata, { field: violation.field });
      }
      assert.equal(retry !== undefined, error.code === status.RESOURCE_EXHAUSTED, reason);
      assert.deepEqual(error.metadata.get("grpc-retry-pushback-ms"), retry ? [toMs(retry)] : [], reason);
      assert.deepEqual(error.metadata.get("x-request-id"), [request?.requestId]);
      ids.add(request?.requestId ?? "");
    }
    assert.equal(ids.size, Object.keys(refusals()).length, "each has an id of its own");
    // The log comes through a pipe of its own, perhaps after the answer.
    const isLogged = (id: string): boolean => server.log().includes(`"requestId":"${id}"`);
    await eventually(() => [...ids].every(isLogged), "log of each request");
  });

  test("what is refused for now tells how long", async () => {
    await errorOf(signIn(client, "another", "not this one"));
    const { retry } = readDetails(await errorOf(signIn(client, "another", "not this one")));
    const seconds = Number(retry?.retryDelay?.seconds);
    assert.ok(seconds > 0 && seconds <= DAY_S, `${seconds} s`);
  });

  test("Python reads the same of them", {
    skip: needs("Python with gRPC", python !== undefined),
  }, async () => {
    const folder = temporaryFolder();
    compile("proto", "confab/v1/user.proto", folder);
    compile("packages/protocol/standard/google/rpc", "status.proto", folder);
    const script = join(folder, "read_errors.py");
    writeFileSync(script, READ_ERRORS);
    const run = promisify(execFile)(python ?? "", [script, server.address, person.token], {
      timeout: HANG_MS,
    });
    assert.deepEqual(JSON.parse((await run).stdout), {
      HANDLE_INVALID: { code: "INVALID_ARGUMENT", field: "user.handle", retry: false },
      HANDLE_TAKEN: { code: "ALREADY_EXISTS", field: "user.handle", retry: false },
      NOT_PERMITTED: { code: "PERMISSION_DENIED", field: null, retry: false },
      TOKEN_INVALID: { code: "UNAUTHENTICATED", field: null, retry: false },
      RATE_LIMITED: { code: "RESOURCE_EXHAUSTED", field: null, retry: true },
    });
    rmSync(folder, { recursive: true });
  });
});

/**
 * Reads the details of errors as `grpc_status.rpc_status.from_call` does: the status in the trailer must be the
 * call's own.
 */
const READ_ERRORS = `
import json, sys, grpc
from confab.v1 import user_pb2, user_pb2_grpc
try:
    from grpc_status import rpc_status
    from google.rpc import error_details_pb2 as details_pb2
    from_call = rpc_status.from_call
except ImportError:
    import status_pb2 as details_pb2
    def from_call(call):
        for key, value in call.trailing_metadata():
            if key == "grpc-status-details-bin":
                status = details_pb2.Status.FromString(value)
                if status.code != call.code().value[0] or status.message != call.details():
                    raise ValueError("the status in the trailer is another one")
                return status

address, token = sys.argv[1:]
users = user_pb2_grpc.UserServiceStub(grpc.insecure_channel(address))
own = [("authorization", "Bearer " + token)]
create = lambda handle: users.CreateUser(
    user_pb2.CreateUserRequest(user=user_pb2.User(handle=handle), password="${PASSWORD}"))
calls = [
    lambda: create("no name"),
    lambda: create("ada"),
    lambda: users.UpdateUserAccess(user_pb2.UpdateUserAccessRequest(user_id="me"), metadata=own),
    lambda: users.GetUser(user_pb2.GetUserRequest(user_id="me"), metadata=[("authorization", "Bearer x")]),
] + [lambda: create("ada")] * 10
found = {}
for call in calls:
    try:
        call()
    except grpc.RpcError as error:
        result = {"code": error.code().name, "field": None, "retry": False}
        for detail in from_call(error).details:
            info, request, retry = details_pb2.ErrorInfo(), details_pb2.BadRequest(), details_pb2.RetryInfo()
            if detail.Unpack(info):
                assert info.domain == "confab"
                reason = info.reason
            if detail.Unpack(request):
                result["field"] = request.field_violations[0].field
            if detail.Unpack(retry):
                result["retry"] = retry.retry_delay.ToMilliseconds() > 0
        found.setdefault(reason, result)
print(json.dumps(found))
`;

function compile(folder: string, file: string, out: string): void {
  const outputs = [`--python_out=${out}`, `--grpc_python_out=${out}`];
  const args = ["-m", "grpc_tools.protoc", `-I${join(root, folder)}`, ...outputs, file];
  execFileSync(python ?? "", args, { stdio: "ignore" });
}

async function errorOf(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    () => Promise.reject(new Error("the call succeeded, and was expected to be refused")),
    (error: ServiceError) => error,
  );
}

function toMs({ retryDelay }: rpc.RetryInfo): string {
  const { seconds = 0n, nanos = 0 } = retryDelay ?? {};
  return String(Math.ceil(Number(seconds) * 1_000 + nanos / 1e6));
}

function readDetails({ metadata }: ServiceError) {
  const [bytes] = metadata.get("grpc-status-details-bin");
  assert.ok(bytes instanceof Buffer);
  const { code, message, details } = fromBinary(rpc.StatusSchema, bytes);
  const [info] = details.flatMap((detail) => anyUnpack(detail, rpc.ErrorInfoSchema) ?? []);
  const [badRequest] = details.flatMap((detail) => anyUnpack(detail, rpc.BadRequestSchema) ?? []);
  const [retry] = details.flatMap((detail) => anyUnpack(detail, rpc.RetryInfoSchema) ?? []);
  const [request] = details.flatMap((detail) => anyUnpack(detail, rpc.RequestInfoSchema) ?? []);
  return { code, message, info, badRequest, retry, request };
}
