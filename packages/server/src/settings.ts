import type { LimitName } from "./app/limits.ts";
import { logLevels } from "./log-levels.ts";

/** One setting: `CONFAB_GRPC_PORT` in the environment, `--grpc-port` on the command line. */
export interface Setting {
  readonly env: string;
  /** The flag's value in the help: `<port>`. */
  readonly placeholder: string;
  readonly description: string;
  /** The default, as text for the help; `undefined` if it depends on other settings. */
  readonly fallback?: string;
}

/** The only table of settings. Flags, help and checks come from it. */
export const settings = {
  host: {
    env: "CONFAB_HOST",
    placeholder: "<address>",
    description: "address of both ports; anything but loopback needs TLS or --insecure true",
    fallback: "127.0.0.1",
  },
  grpcPort: {
    env: "CONFAB_GRPC_PORT",
    placeholder: "<port>",
    description: "gRPC: the contracts, health and reflection; 0 picks a free one",
    fallback: "50051",
  },
  webPort: {
    env: "CONFAB_WEB_PORT",
    placeholder: "<port>",
    description: "HTTP: the web page, its calls, /healthz and /readyz; 0 picks a free one",
    fallback: "8080",
  },
  corsOrigins: {
    env: "CONFAB_CORS_ORIGINS",
    placeholder: "<origins>",
    description:
      "origins of other sites whose pages may call, and your own behind a proxy: https://chat.example.com",
  },
  dataDir: {
    env: "CONFAB_DATA_DIR",
    placeholder: "<folder>",
    description: "the folder with the database, for this process alone",
    fallback: "./data",
  },
  databaseUrl: {
    env: "CONFAB_DATABASE_URL",
    placeholder: "<url>",
    description: "a PostgreSQL database: postgres://user@host/name; unset: SQLite in the data folder",
  },
  natsUrl: {
    env: "CONFAB_NATS_URL",
    placeholder: "<url>",
    description: "reserved for NATS, which this version refuses; unset: a single process",
  },
  guests: {
    env: "CONFAB_GUESTS",
    placeholder: "<true|false>",
    description: "let people chat without signing in; default true on loopback, else false",
  },
  registration: {
    env: "CONFAB_REGISTRATION",
    placeholder: "<open|closed>",
    description: "open: anyone may make an account",
    fallback: "open",
  },
  heldHandles: {
    env: "CONFAB_HELD_HANDLES",
    placeholder: "<handles>",
    description: "handles that nobody can have, beside admin, support and the like: acme,billing",
  },
  directMessages: {
    env: "CONFAB_DIRECT_MESSAGES",
    placeholder: "<everyone|shared-rooms|nobody>",
    description:
      "who may write directly to a user who has not chosen: everyone, people in the same room, or nobody",
    fallback: "everyone",
  },
  tlsCert: {
    env: "CONFAB_TLS_CERT",
    placeholder: "<file>",
    description: "certificate chain in PEM; read again on SIGHUP",
  },
  tlsKey: {
    env: "CONFAB_TLS_KEY",
    placeholder: "<file>",
    description: "private key in PEM; read again on SIGHUP",
  },
  jwksUrl: {
    env: "CONFAB_JWKS_URL",
    placeholder: "<url>",
    description: "public keys of your identity provider, whose tokens then sign in (external_token)",
  },
  jwksFile: {
    env: "CONFAB_JWKS_FILE",
    placeholder: "<file>",
    description: "the same keys as a file, instead of the URL",
  },
  jwtIssuer: {
    env: "CONFAB_JWT_ISSUER",
    placeholder: "<issuer>",
    description: "the issuer that those tokens must name",
  },
  jwtAudience: {
    env: "CONFAB_JWT_AUDIENCE",
    placeholder: "<audience>",
    description: "the audience that those tokens must name",
  },
  jwtHandleClaim: {
    env: "CONFAB_JWT_HANDLE_CLAIM",
    placeholder: "<claim>",
    description: "the claim that proposes a new user's handle",
    fallback: "preferred_username",
  },
  jwtNameClaim: {
    env: "CONFAB_JWT_NAME_CLAIM",
    placeholder: "<claim>",
    description: "the claim that gives the display name",
    fallback: "name",
  },
  jwtRoleClaim: {
    env: "CONFAB_JWT_ROLE_CLAIM",
    placeholder: "<claim>",
    description: "the claim that gives the system role: user, moderator or admin; unset: tokens give none",
  },
  rateLimits: {
    env: "CONFAB_RATE_LIMITS",
    placeholder: "<true|false>",
    description: "every limit below; default false on loopback, else true; sizes and bounds always hold",
  },
  limitSignInAccount: {
    env: "CONFAB_LIMIT_SIGN_IN_ACCOUNT",
    placeholder: "<n/seconds>",
    description: "failed sign-ins to one account",
    fallback: "5/60",
  },
  limitSignInAccountHourly: {
    env: "CONFAB_LIMIT_SIGN_IN_ACCOUNT_HOURLY",
    placeholder: "<n/seconds>",
    description: "the same, counted longer",
    fallback: "20/3600",
  },
  limitSignInAddress: {
    env: "CONFAB_LIMIT_SIGN_IN_ADDRESS",
    placeholder: "<n/seconds>",
    description: "failed sign-ins from one address",
    fallback: "20/100",
  },
  limitRegister: {
    env: "CONFAB_LIMIT_REGISTER",
    placeholder: "<n/seconds>",
    description: "new accounts and guests from one address",
    fallback: "3/18",
  },
  limitSend: {
    env: "CONFAB_LIMIT_SEND",
    placeholder: "<n/seconds>",
    description: "messages of one user",
    fallback: "10/5",
  },
  limitJoin: {
    env: "CONFAB_LIMIT_JOIN",
    placeholder: "<n/seconds>",
    description: "rooms that one user makes or enters, and calls that invite others",
    fallback: "10/100",
  },
  limitSearch: {
    env: "CONFAB_LIMIT_SEARCH",
    placeholder: "<n/seconds>",
    description: "searches of one user",
    fallback: "20/20",
  },
  limitCalls: {
    env: "CONFAB_LIMIT_CALLS",
    placeholder: "<n/seconds>",
    description: "calls of one user, or of one address without a token",
    fallback: "100/20",
  },
  limitServiceSend: {
    env: "CONFAB_LIMIT_SERVICE_SEND",
    placeholder: "<n/seconds>",
    description: "messages of one service key, instead of those of people",
    fallback: "50/1",
  },
  limitServiceCalls: {
    env: "CONFAB_LIMIT_SERVICE_CALLS",
    placeholder: "<n/seconds>",
    description: "calls of one service key, instead of those of people",
    fallback: "100/1",
  },
  insecure: {
    env: "CONFAB_INSECURE",
    placeholder: "<true|false>",
    description: "allow plaintext beyond loopback, for example behind a proxy that ends TLS",
    fallback: "false",
  },
  maxStreamsPerUser: {
    env: "CONFAB_MAX_STREAMS_PER_USER",
    placeholder: "<count>",
    description: "open streams of one user, or of one address without a token; always holds",
    fallback: "20",
  },
  auditAddressDays: {
    env: "CONFAB_AUDIT_ADDRESS_DAYS",
    placeholder: "<count>",
    description: "days for which the audit trail keeps the addresses of callers",
    fallback: "90",
  },
  trustedProxies: {
    env: "CONFAB_TRUSTED_PROXIES",
    placeholder: "<networks>",
    description: "proxies whose x-forwarded-for header says where a call comes from: 10.0.0.0/8,2001:db8::1",
  },
  logLevel: {
    env: "CONFAB_LOG_LEVEL",
    placeholder: "<level>",
    description: `the lowest level that is logged, to standard error: ${logLevels.join(", ")}`,
    fallback: "info",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** The setting of each rate limit. */
export const limitSettings = {
  signInPerAccount: "limitSignInAccount",
  signInPerAccountHourly: "limitSignInAccountHourly",
  signInPerAddress: "limitSignInAddress",
  registerPerAddress: "limitRegister",
  sendPerUser: "limitSend",
  joinPerUser: "limitJoin",
  searchPerUser: "limitSearch",
  callPerUser: "limitCalls",
  sendPerService: "limitServiceSend",
  callPerService: "limitServiceCalls",
} as const satisfies Record<LimitName, SettingName>;

/** Values as text, by setting. Undefined and empty mean not set. */
export type SettingValues = Readonly<Partial<Record<SettingName, string | undefined>>>;
