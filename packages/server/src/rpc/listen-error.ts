import { joinHostPort } from "../domain/addresses.ts";

interface ListenOn {
  readonly host: string;
  readonly port: number;
  /** The variable that sets the port. */
  readonly setting: "CONFAB_GRPC_PORT" | "CONFAB_WEB_PORT";
}

/** Makes an error that says why a port can't be opened, and which setting chooses another. */
export function listenError({ host, port, setting }: ListenOn, cause: Error): Error {
  const message = `can't listen on ${joinHostPort(host, port)}: ${reasonOf(cause, { host, port, setting })}`;
  return new Error(message, { cause });
}

function reasonOf(cause: Error, { host, port, setting }: ListenOn): string {
  const flag = `--${setting.slice("CONFAB_".length).toLowerCase().replace("_", "-")}`;
  switch (codeOf(cause)) {
    case "EADDRINUSE":
      return `port ${port} is in use by another program; stop it, or choose another port with ${setting} (${flag})`;
    case "EACCES":
      return `this user may not open port ${port}; choose one from 1024 on with ${setting} (${flag})`;
    case "EADDRNOTAVAIL":
      return `this machine does not have the address ${host}; CONFAB_HOST (--host) sets another`;
    default:
      return `${cause.message}; ${setting} (${flag}) sets another port, CONFAB_HOST (--host) another address`;
  }
}

/** Returns the system's code. grpc-js gives it only inside its message, and Bun's HTTP server only beside it. */
function codeOf(cause: Error): string {
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return /\bE[A-Z]{3,}\b/.exec(cause.message)?.[0] ?? "";
}
