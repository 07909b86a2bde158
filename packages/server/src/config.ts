import { isIP } from "node:net";
import { PASSWORD_VARIABLE } from "@confab/terminal/settings";
import type { LimitName, LimitTable } from "./app/limits.ts";
import { ConfigError } from "./config-error.ts";
import { type Network, parseNetwork, parseOrigin } from "./domain/addresses.ts";
import { isHandle } from "./domain/users/names.ts";
import { DIRECT_MESSAGES, type DirectMessages } from "./domain/users/user.ts";
import { type LogLevel, logLevels } from "./log-levels.ts";
import { withoutServiceLinks } from "./service-links.ts";
import { limitSettings, type Setting, type SettingName, type SettingValues, settings } from "./settings.ts";

/** All settings, checked. */
export interface Config {
  readonly host: string;
  readonly grpcPort: number;
  readonly webPort: number;
  /** Beside the server's own. */
  readonly corsOrigins: readonly string[];
  readonly dataDir: string;
  /** A PostgreSQL database instead of the one in the data folder. It may have a password. */
  readonly databaseUrl: string | null;
  readonly guests: boolean;
  readonly registration: "open" | "closed";
  /** Beside those that are always held. */
  readonly heldHandles: readonly string[];
  /** Holds for users who have not chosen themselves. */
  readonly directMessages: DirectMessages;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null;
  readonly identityProvider: IdentityProvider | null;
  /** Null if rate limits are off. */
  readonly limits: LimitTable | null;
  /** Holds even if rate limits are off. */
  readonly maxStreamsPerUser: number;
  readonly auditAddressMs: number;
  readonly trustedProxies: readonly Network[];
  readonly logLevel: LogLevel;
  /** Variables of Kubernetes that were ignored, by name. */
  readonly serviceLinks: readonly string[];
}

/** The issuer of external tokens, and the claims that are read from them. */
interface IdentityProvider {
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly issuer: string;
  readonly audience: string;
  readonly claims: { readonly handle: string; readonly displayName: string; readonly role: string | null };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Reads the configuration from flags and the environment. Flags win.
 *
 * @throws ConfigError with every problem at once, unknown `CONFAB_…` variables among them
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: SettingValues,
): Config {
  const { env, links } = withoutServiceLinks(environment);
  const problems: string[] = findUnknown(env);
  const read = new SettingReader(env, flags, problems);

  const host = read.text("host");
  const isLoopback = host === "localhost" || host === "::1" || /^127\./.test(host);
  if (host !== "localhost" && isIP(host) === 0) {
    problems.push(`CONFAB_HOST is "${host}": give an IP address, or localhost`);
  }
  const config: Config = {
    host,
    grpcPort: read.port("grpcPort"),
    webPort: read.port("webPort"),
    corsOrigins: read.origins("corsOrigins"),
    dataDir: read.text("dataDir"),
    databaseUrl: readDatabaseUrl(read, flags, problems),
    guests: read.boolean("guests") ?? isLoopback,
    registration: read.oneOf("registration", ["open", "closed"]),
    heldHandles: read.handles("heldHandles"),
    directMessages: read.oneOf("directMessages", DIRECT_MESSAGES),
    tls: readTls(read, problems),
    identityProvider: readIdentityProvider(read, problems),
    limits: readLimits(read, isLoopback),
    maxStreamsPerUser: read.count("maxStreamsPerUser"),
    auditAddressMs: read.count("auditAddressDays") * DAY_MS,
    trustedProxies: read.networks("trustedProxies"),
    logLevel: read.oneOf("logLevel", logLevels),
    serviceLinks: links,
  };
  const isInsecureAllowed = read.boolean("insecure") ?? false;
  if (!isLoopback && !config.tls && !isInsecureAllowed) {
    problems.push(
      `CONFAB_HOST is ${host}, which others can reach: set CONFAB_TLS_CERT and CONFAB_TLS_KEY, or CONFAB_INSECURE=true`,
    );
  }
  if (config.grpcPort !== 0 && config.grpcPort === config.webPort) {
    problems.push(`CONFAB_GRPC_PORT and CONFAB_WEB_PORT are both ${config.grpcPort}: they must differ`);
  }
  if (read.optional("natsUrl")) {
    problems.push(`${settings.natsUrl.env} is set, and this version can't use it: unset it`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Problems never name the value: it may have a password. */
function readDatabaseUrl(read: SettingReader, flags: SettingValues, problems: string[]): string | null {
  const value = read.optional("databaseUrl");
  if (value === undefined) return null;
  const { env } = settings.databaseUrl;
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    problems.push(`${env} is no address of a PostgreSQL database: give postgres://user@host:5432/database`);
  } else if (flags.databaseUrl && (url.password !== "" || url.searchParams.has("password"))) {
    problems.push(`${env} has a password, which others see on a command line: set the variable instead`);
  }
  return value;
}

function readTls(read: SettingReader, problems: string[]): Config["tls"] {
  const certPath = read.optional("tlsCert");
  const keyPath = read.optional("tlsKey");
  if (certPath && keyPath) return { certPath, keyPath };
  if (certPath) problems.push("CONFAB_TLS_CERT is set without CONFAB_TLS_KEY: set both");
  if (keyPath) problems.push("CONFAB_TLS_KEY is set without CONFAB_TLS_CERT: set both");
  return null;
}

function readIdentityProvider(read: SettingReader, problems: string[]): IdentityProvider | null {
  const url = read.optional("jwksUrl");
  const file = read.optional("jwksFile");
  if (!url && !file) return null;
  if (url && file) problems.push("CONFAB_JWKS_URL and CONFAB_JWKS_FILE are both set: set one of them");
  if (url && !/^https:\/\/|^http:\/\/(localhost|127\.|\[::1\])/.test(url)) {
    problems.push(`CONFAB_JWKS_URL is "${url}": give an https:// address`);
  }
  for (const name of ["jwtIssuer", "jwtAudience"] as const) {
    if (!read.optional(name)) problems.push(`${settings[name].env} is not set: a token must name it`);
  }
  return {
    jwks: url ? { url } : { file: file ?? "" },
    issuer: read.text("jwtIssuer"),
    audience: read.text("jwtAudience"),
    claims: {
      handle: read.text("jwtHandleClaim"),
      displayName: read.text("jwtNameClaim"),
      role: read.optional("jwtRoleClaim") ?? null,
    },
  };
}

function readLimits(read: SettingReader, isLoopback: boolean): LimitTable | null {
  const isOn = read.boolean("rateLimits") ?? !isLoopback;
  // Read even if limits are off, so that a wrong one is reported.
  const limits = Object.entries(limitSettings).map(([limit, name]) => [limit, read.limit(name)] as const);
  return isOn ? (Object.fromEntries(limits) as Record<LimitName, { points: number; seconds: number }>) : null;
}

/** Reads single settings and collects problems. After a problem the value no longer matters. */
class SettingReader {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #flags: SettingValues;
  readonly #problems: string[];

  constructor(env: Readonly<Record<string, string | undefined>>, flags: SettingValues, problems: string[]) {
    this.#env = env;
    this.#flags = flags;
    this.#problems = problems;
  }

  optional(name: SettingName): string | undefined {
    return this.#flags[name] || this.#env[settings[name].env] || undefined;
  }

  text(name: SettingName): string {
    const setting: Setting = settings[name];
    return this.optional(name) ?? setting.fallback ?? "";
  }

  port(name: SettingName): number {
    const value = this.text(name);
    const port = Number(value);
    if (/^\d+$/.test(value) && port <= 65_535) return port;
    this.#problems.push(`${settings[name].env} is "${value}": give a port, 0 to 65535`);
    return 0;
  }

  boolean(name: SettingName): boolean | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (value !== "true" && value !== "false") {
      this.#problems.push(`${settings[name].env} is "${value}": give true or false`);
    }
    return value === "true";
  }

  limit(name: SettingName): { points: number; seconds: number } {
    const value = this.text(name);
    const [, points = "", seconds = ""] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/.exec(value) ?? [];
    if (points === "") {
      this.#problems.push(`${settings[name].env} is "${value}": give a number and seconds, for example 10/5`);
    }
    return { points: Number(points), seconds: Number(seconds) };
  }

  count(name: SettingName): number {
    const value = this.text(name);
    if (!/^[1-9]\d{0,8}$/.test(value)) {
      this.#problems.push(`${settings[name].env} is "${value}": give a number from 1 on`);
    }
    return Number(value);
  }

  networks(name: SettingName): readonly Network[] {
    return this.#list(name, parseNetwork, "give addresses or networks, for example 10.0.0.0/8,2001:db8::1");
  }

  origins(name: SettingName): readonly string[] {
    const advice =
      "give origins as browsers send them, scheme://host[:port], for example https://chat.example.com";
    return this.#list(name, parseOrigin, advice);
  }

  handles(name: SettingName): readonly string[] {
    const advice = "give handles, for example acme,billing";
    return this.#list(name, (part) => (isHandle(part.toLowerCase()) ? part : null), advice);
  }

  #list<Item>(name: SettingName, parse: (part: string) => Item | null, advice: string): readonly Item[] {
    const parts = this.text(name)
      .split(",")
      .map((part) => part.trim());
    return parts.filter(Boolean).flatMap((part) => {
      const item = parse(part);
      if (item !== null) return [item];
      this.#problems.push(`${settings[name].env} has "${part}": ${advice}`);
      return [];
    });
  }

  oneOf<const Value extends string>(name: SettingName, allowed: readonly [Value, ...Value[]]): Value {
    const value = this.text(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found) return found;
    this.#problems.push(`${settings[name].env} is "${value}": give one of ${allowed.join(", ")}`);
    return allowed[0];
  }
}

/**
 * Reports misspelt settings, which must not silently become the default. `CONFAB_TEST_…` belongs to the tests. The
 * terminal client's password may be exported in the same shell.
 */
function findUnknown(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([PASSWORD_VARIABLE, ...Object.values(settings).map((setting) => setting.env)]);
  return Object.keys(env)
    .filter((name) => name.startsWith("CONFAB_") && !name.startsWith("CONFAB_TEST_") && !known.has(name))
    .map((name) => `${name} is not a setting: \`confab serve --help\` lists them`);
}
