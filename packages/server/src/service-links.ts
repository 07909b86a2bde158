type Environment = Readonly<Record<string, string | undefined>>;

const OF_SERVICE = /^CONFAB(?:_[A-Z0-9]+)*?_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$/;
const OF_PORT = /^CONFAB(?:_[A-Z0-9]+)*?_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const PORT = /^CONFAB(?:_[A-Z0-9]+)*?_PORT$/;
const URL = /^(?:tcp|udp|sctp):\/\//;

/**
 * Parts the environment from the variables that Kubernetes puts into every pod beside a service named confab, or
 * confab-grpc and the like: `CONFAB_PORT=tcp://…`, `CONFAB_SERVICE_HOST`, `CONFAB_PORT_50051_TCP_ADDR`. Nobody has set them,
 * so they are neither settings nor misspelt ones.
 */
export function withoutServiceLinks(env: Environment): { env: Environment; links: readonly string[] } {
  const links = Object.keys(env).filter((name) => isServiceLink(name, env[name] ?? ""));
  if (links.length === 0) return { env, links };
  const others = Object.entries(env).filter(([name]) => !links.includes(name));
  return { env: Object.fromEntries(others), links };
}

function isServiceLink(name: string, value: string): boolean {
  return OF_SERVICE.test(name) || OF_PORT.test(name) || (PORT.test(name) && URL.test(value));
}
