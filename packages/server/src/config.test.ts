import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";

test("where limits are on, each has a default", () => {
  assert.deepEqual(readConfig({ CONFAB_RATE_LIMITS: "true" }, {}).limits, {
    signInPerAccount: { points: 5, seconds: 60 },
    signInPerAccountHourly: { points: 20, seconds: 3_600 },
    signInPerAddress: { points: 20, seconds: 100 },
    registerPerAddress: { points: 3, seconds: 18 },
    sendPerUser: { points: 10, seconds: 5 },
    joinPerUser: { points: 10, seconds: 100 },
    searchPerUser: { points: 20, seconds: 20 },
    callPerUser: { points: 100, seconds: 20 },
    sendPerService: { points: 50, seconds: 1 },
    callPerService: { points: 100, seconds: 1 },
  });
});

test("a variable that is no setting is refused by its name; the terminal client's password is not the server's affair", () => {
  const env = { CONFAB_PASSWORD: "correct horse battery", CONFAB_TEST_REQUIRE: "all" };
  assert.equal(readConfig(env, {}).grpcPort, 50_051);
  assert.throws(
    () => readConfig({ ...env, CONFAB_PASWORD: "correct horse battery" }, {}),
    hasProblem("CONFAB_PASWORD is not a setting: `confab serve --help` lists them"),
  );
});

test("what Kubernetes sets beside a service of that name is ignored; what only looks like it is refused", () => {
  const links = {
    CONFAB_PORT: "tcp://10.96.0.12:50051",
    CONFAB_SERVICE_HOST: "10.96.0.12",
    CONFAB_SERVICE_PORT: "50051",
    CONFAB_SERVICE_PORT_GRPC: "50051",
    CONFAB_SERVICE_PORT_WEB_UI: "8080",
    CONFAB_PORT_50051_TCP: "tcp://10.96.0.12:50051",
    CONFAB_PORT_50051_TCP_PROTO: "tcp",
    CONFAB_PORT_50051_TCP_PORT: "50051",
    CONFAB_PORT_50051_TCP_ADDR: "10.96.0.12",
    CONFAB_PORT_53_UDP: "udp://10.96.0.12:53",
    // Of services named confab-grpc and confab-web.
    CONFAB_GRPC_PORT: "tcp://10.96.0.13:50051",
    CONFAB_GRPC_SERVICE_HOST: "10.96.0.13",
    CONFAB_WEB_PORT_8080_TCP_ADDR: "10.96.0.14",
  };
  const { grpcPort, serviceLinks } = readConfig({ ...links, CONFAB_WEB_PORT: "9000" }, {});
  assert.equal(grpcPort, 50_051);
  assert.deepEqual(serviceLinks, Object.keys(links));
  assert.deepEqual(readConfig({}, {}).serviceLinks, []);
  for (const [name, value] of [
    ["CONFAB_PORT", "50051"],
    ["CONFAB_GRCP_PORT", "50051"],
    ["CONFAB_SERVICE", "x"],
    ["CONFAB_SERVICE_HOSTS", "10.96.0.12"],
    ["CONFAB_PORT_TCP", "tcp://10.96.0.12:50051"],
    ["CONFAB_PORT_50051", "tcp://10.96.0.12:50051"],
  ] as const) {
    const problem = `${name} is not a setting: \`confab serve --help\` lists them`;
    assert.throws(() => readConfig({ ...links, [name]: value }, {}), hasProblem(problem));
  }
});

test("a setting that is yes or no takes true or false and nothing else", () => {
  for (const name of ["CONFAB_GUESTS", "CONFAB_INSECURE", "CONFAB_RATE_LIMITS"]) {
    for (const value of ["on", "off", "yes", "1", "TRUE"]) {
      const problem = `${name} is "${value}": give true or false`;
      assert.throws(() => readConfig({ [name]: value }, {}), hasProblem(problem));
    }
  }
});

test("rate limits are off on loopback and on elsewhere, unless the setting says otherwise", () => {
  const areOn = (env: Record<string, string>): boolean =>
    readConfig({ CONFAB_INSECURE: "true", ...env }, {}).limits !== null;
  assert.equal(areOn({}), false);
  assert.equal(areOn({ CONFAB_HOST: "0.0.0.0" }), true);
  assert.equal(areOn({ CONFAB_RATE_LIMITS: "true" }), true);
  assert.equal(areOn({ CONFAB_HOST: "0.0.0.0", CONFAB_RATE_LIMITS: "false" }), false);
});

test("trusted proxies are addresses and networks", () => {
  const read = (value: string) => readConfig({ CONFAB_TRUSTED_PROXIES: value }, {}).trustedProxies;
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("10.0.0.0/8, 2001:DB8::1,192.0.2.1"), [
    { address: "10.0.0.0", prefixBits: 8 },
    { address: "2001:db8::1", prefixBits: 128 },
    { address: "192.0.2.1", prefixBits: 32 },
  ]);
  for (const wrong of ["10.0.0.0/33", "::/129", "proxy.example", "10.0.0", "10.0.0.0/8/8", "10.0.0.0/-1"]) {
    const advice = "give addresses or networks, for example 10.0.0.0/8,2001:db8::1";
    assert.throws(() => read(wrong), hasProblem(`CONFAB_TRUSTED_PROXIES has "${wrong}": ${advice}`));
  }
});

test("origins are those that browsers send, and nothing that only looks like one", () => {
  const read = (value: string) => readConfig({ CONFAB_CORS_ORIGINS: value }, {}).corsOrigins;
  assert.deepEqual(read(""), []);
  assert.deepEqual(
    read("https://Chat.Example.com, http://localhost:5173,https://a.example:443,https://[::1]:8443"),
    ["https://chat.example.com", "http://localhost:5173", "https://a.example", "https://[::1]:8443"],
  );
  assert.deepEqual(read("capacitor://localhost,https://bücher.example"), [
    "capacitor://localhost",
    "https://xn--bcher-kva.example",
  ]);
  const wrong = [
    "*",
    "null",
    "https://*.example.com",
    "chat.example.com",
    "https://",
    "https://chat.example.com/",
    "https://chat.example.com/rooms",
    "https://chat.example.com?a",
    "https://ada@chat.example.com",
    "https://chat.example.com:port",
    "https://chat.example.com:99999",
    "//chat.example.com",
    "https:/chat.example.com",
  ];
  for (const origin of wrong) {
    const advice =
      "give origins as browsers send them, scheme://host[:port], for example https://chat.example.com";
    assert.throws(() => read(origin), hasProblem(`CONFAB_CORS_ORIGINS has "${origin}": ${advice}`));
  }
});

test("more held handles are handles", () => {
  const read = (value: string) => readConfig({ CONFAB_HELD_HANDLES: value }, {}).heldHandles;
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("acme, Billing.Desk"), ["acme", "Billing.Desk"]);
  for (const wrong of ["a", "two words", "ádám"]) {
    const advice = "give handles, for example acme,billing";
    assert.throws(() => read(wrong), hasProblem(`CONFAB_HELD_HANDLES has "${wrong}": ${advice}`));
  }
});

test("who may write directly to users who have not chosen is everyone, unless the setting says otherwise", () => {
  assert.equal(readConfig({}, {}).directMessages, "everyone");
  assert.equal(readConfig({ CONFAB_DIRECT_MESSAGES: "nobody" }, {}).directMessages, "nobody");
  const problem = 'CONFAB_DIRECT_MESSAGES is "friends": give one of everyone, shared-rooms, nobody';
  assert.throws(() => readConfig({ CONFAB_DIRECT_MESSAGES: "friends" }, {}), hasProblem(problem));
});

test("a database is an address of PostgreSQL, and its password is neither shown nor taken from a command line", () => {
  const address = "postgres://confab:s3cret@db.example:5432/confab";
  assert.equal(readConfig({}, {}).databaseUrl, null);
  assert.equal(readConfig({ CONFAB_DATABASE_URL: address }, {}).databaseUrl, address);
  assert.equal(readConfig({}, { databaseUrl: "postgresql:///confab" }).databaseUrl, "postgresql:///confab");
  const wrong =
    "CONFAB_DATABASE_URL is no address of a PostgreSQL database: give postgres://user@host:5432/database";
  for (const value of [
    "s3cret",
    "mysql://confab:s3cret@localhost/confab",
    "postgres://confab:s3cret@localhost",
  ]) {
    assert.throws(() => readConfig({ CONFAB_DATABASE_URL: value }, {}), hasProblem(wrong));
  }
  const shown =
    "CONFAB_DATABASE_URL has a password, which others see on a command line: set the variable instead";
  for (const value of [address, "postgres://confab@localhost/confab?password=s3cret"]) {
    assert.throws(() => readConfig({}, { databaseUrl: value }), hasProblem(shown));
  }
});

function hasProblem(problem: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.problems, [problem]);
    return true;
  };
}
