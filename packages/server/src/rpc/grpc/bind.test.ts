import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { OPERATOR } from "../../app/admin/operator.ts";
import type { CallRule } from "../../domain/access/system-access.ts";
import { createLog } from "../../log.ts";
import * as access from "../access.ts";
import type { Binding } from "../binding.ts";
import { Calls } from "../calls.ts";
import { createOperatorGate } from "../gate.ts";
import { plaintextCredentials } from "./credentials.ts";
import { startGrpcServer } from "./server.ts";

const services = [
  { service: simple.ChatService, rules: access.simpleChatAccess },
  { service: simple.UserService, rules: access.simpleUserAccess },
  { service: v1.AuthService, rules: access.authAccess },
  { service: v1.UserService, rules: access.userAccess },
  { service: v1.AdminService, rules: access.adminAccess },
];

describe("binding a service", () => {
  test("a method without a rule keeps the server from starting", async () => {
    for (const { service, rules } of services) {
      for (const { localName, name } of service.methods) {
        const entries = Object.entries(rules).filter(([method]) => method !== localName);
        const binding = { service, access: Object.fromEntries(entries), handlers: {} };
        await assert.rejects(start(binding), {
          message: `${service.typeName}.${name} has no access rule`,
        });
      }
    }
  });

  test("a rule under another name than the method's is none", async () => {
    const { service, rules } = { service: simple.ChatService, rules: access.simpleChatAccess };
    const { chat, ...others } = rules;
    const misnamed: Record<string, CallRule> = { ...others, Chat: chat, toString: chat };
    await assert.rejects(start({ service, access: misnamed, handlers: {} }), /Chat has no access rule/);
  });

  test("with a rule for each method the server starts", async () => {
    for (const { service, rules } of services) await start({ service, access: rules, handlers: {} });
  });
});

/** Starts a server of one service, and stops it. */
async function start(binding: Binding): Promise<void> {
  using calls = new Calls({ maxStreamsPerUser: 20 });
  const server = await startGrpcServer({
    listenOn: { host: "127.0.0.1", port: 0 },
    credentials: plaintextCredentials().credentials,
    bindings: [binding],
    environment: { gate: createOperatorGate(OPERATOR, Date.now), calls, log: createLog("silent") },
  });
  await server.drain(0);
}
