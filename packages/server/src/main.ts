import { type Config, readConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { joinHostPort } from "./domain/addresses.ts";
import { createLog } from "./log.ts";
import { nextStep } from "./next-step.ts";
import { startServer } from "./server.ts";
import type { SettingValues } from "./settings.ts";
import { version } from "./version.ts";

const CONFIG_WRONG = 2;
const FAILED = 1;
const CLOSE_SOCKETS_MS = 500;

/** Runs the service until a signal: read the config, start the server, wait, drain. Sets the exit code. */
export async function serve(flags: SettingValues): Promise<void> {
  let config: Config;
  try {
    config = readConfig(process.env, flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`confab: these settings are wrong:\n${error.message}\n`);
    process.exitCode = CONFIG_WRONG;
    return;
  }
  const log = createLog(config.logLevel);
  const { serviceLinks } = config;
  if (serviceLinks.length > 0) log.debug({ variables: serviceLinks }, "ignored what Kubernetes has set");
  const stop = Promise.withResolvers<Error | null>();
  // The first signal drains the server; a second one ends the process at once.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping");
      process.once(signal, () => process.exit(FAILED));
      stop.resolve(null);
    });
  }

  // After a bug the process can't be trusted. Calls in progress may finish, then a supervisor starts a new one.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      stop.resolve(error instanceof Error ? error : new Error(String(error)));
    });
  }

  try {
    const server = await startServer(config, log);
    process.on("SIGHUP", () => reload(() => server.reloadCertificate()));
    process.stdout.write(`gRPC listening on ${joinHostPort(config.host, server.grpcPort)}\n`);
    process.stdout.write(`HTTP listening on ${joinHostPort(config.host, server.webPort)}\n`);
    log.info({ version, runtime: runtimeName(), dataDir: config.dataDir, guests: config.guests }, "started");
    const next = process.stdout.isTTY
      ? nextStep({ ...config, grpcPort: server.grpcPort }, process.env)
      : null;
    if (next !== null) process.stdout.write(next);
    const failure = await Promise.race([stop.promise, server.failed]);
    if (failure) log.fatal({ err: failure }, "it can't go on: stopping");
    await server[Symbol.asyncDispose]();
    process.exitCode = failure ? FAILED : 0;
    // Otherwise a socket whose peer has vanished would keep the process alive for minutes.
    setTimeout(() => process.exit(), CLOSE_SOCKETS_MS).unref();
  } catch (error) {
    process.stderr.write(`confab: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = FAILED;
  }

  function reload(readAgain: () => void): void {
    try {
      readAgain();
      log.info("certificate read again");
    } catch (err) {
      log.error({ err }, "certificate not read again: the old one stays in use");
    }
  }
}

function runtimeName(): string {
  const { bun, node } = process.versions;
  return bun === undefined ? `node ${node}` : `bun ${bun}`;
}
