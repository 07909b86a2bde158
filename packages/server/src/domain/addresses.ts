const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6_CHARACTERS = /^[0-9a-f:.]+$/i;
const V4_MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
const IPV6_GROUPS = 8;
/** The first 64 bits of an IPv6 address name a network; every machine in it may pick addresses as it likes. */
const NETWORK_GROUPS = 4;

/** Returns an IP address in its shortest form, an IPv4 address within IPv6 as IPv4; null for what is no address. */
export function parseAddress(text: string): string | null {
  if (IPV4.test(text)) return text;
  const [bare = ""] = text.split("%", 1);
  const url = `http://[${bare}]`;
  if (!IPV6_CHARACTERS.test(bare) || !URL.canParse(url)) return null;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = V4_MAPPED.exec(address) ?? [];
  return high === undefined || low === undefined ? address : [...bytesOf(high), ...bytesOf(low)].join(".");
}

/** Returns what limits by address count for: an IPv4 address itself, and of an IPv6 address its /64 network. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [start = [], end = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(IPV6_GROUPS - start.length - end.length).fill("0");
  return `${[...start, ...zeros, ...end].slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

/** Joins a host and a port: an IPv6 address goes into brackets (RFC 3986, section 3.2.2). */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function bytesOf(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

/** A range of addresses: all that begin with the same bits. */
export interface Network {
  readonly address: string;
  readonly prefixBits: number;
}

/** Reads a network in CIDR notation, or one address; null for what is neither. */
export function parseNetwork(text: string): Network | null {
  const [, start = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(start);
  if (address === null) return null;
  const maxBits = address.includes(":") ? 128 : 32;
  const prefixBits = bits === undefined ? maxBits : Number(bits);
  return prefixBits <= maxBits ? { address, prefixBits } : null;
}

/** A scheme of a web page, or of an application that shows pages, with a host: no path, no user, no wildcard. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(\[[\da-f:.]+\]|[^\s/?#@*:[\]\\]+)(:\d+)?$/i;

/** Reads the origin of a page, and returns it as browsers send it: in lower case, without the scheme's own port. */
export function parseOrigin(text: string): string | null {
  const url = ORIGIN.test(text) ? URL.parse(text) : null;
  return url && url.hostname !== "" ? `${url.protocol}//${url.host.toLowerCase()}` : null;
}
