import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../free-port.ts";
import { NUMBERED_MARK } from "../../load/fan-out.ts";
import type { Step } from "../../load/steps.ts";
import { findProgram } from "../../native.ts";
import { startServerOn } from "../../processes.ts";
import { TEXT } from "../../text.ts";
import type { FanOutPeer } from "./peer.ts";

const LISTENERS = 200;
const ROOM = "room@conference.localhost";
const LIBRARIES = "/usr/lib";

/** A chat server with rooms like Confab's: XMPP's multi-user chat (XEP-0045), from Debian's package. */
export const ejabberd: FanOutPeer = {
  name: "ejabberd MUC",
  hasRuntimes: false,
  omits: "store, answer",
  maxListeners: LISTENERS,
  needsNewProcess: true,
  missing: () => (findEjabberd() && findProgram("erl") ? null : "ejabberd is not installed"),
  async start({ folder }) {
    const port = await freePort();
    const server = await startServerOn(port, {
      program: findProgram("erl") ?? "erl",
      // Without a node name it is not distributed and starts no other process.
      args: ["-noinput", "-mnesia", "dir", JSON.stringify(join(folder, "database")), "-s", "ejabberd"],
      env: {
        ERL_LIBS: findEjabberd()?.libraries ?? "",
        ERL_CRASH_DUMP_BYTES: "0",
        EJABBERD_CONFIG_PATH: writeConfig(folder, port),
        EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
      },
    });
    return {
      server,
      protocol: {
        isHttp2: false,
        listeners: Array.from({ length: LISTENERS }, (_, number) => enterRoom(`listener${number}`)),
        sender: enterRoom("sender"),
        message: Buffer.from(
          `<message to='${ROOM}' type='groupchat'><body>${NUMBERED_MARK} ${TEXT}</body></message>`,
        ),
        hasAnswers: false,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** Finds Debian's ejabberd and its version; null if it is not installed. */
export function findEjabberd(): { readonly libraries: string; readonly version: string } | null {
  for (const name of readdirSync(LIBRARIES)) {
    const libraries = join(LIBRARIES, name);
    if (!statSync(libraries).isDirectory()) continue;
    const found = readdirSync(libraries).find((each) => /^ejabberd-\d/.test(each));
    if (found) return { libraries, version: found.replace("ejabberd-", "") };
  }
  return null;
}

/** Writes a configuration without limits: everyone may enter, and nobody is slowed down. */
function writeConfig(folder: string, port: number): string {
  const path = join(folder, "ejabberd.yml");
  const lines = [
    'hosts: ["localhost"]',
    "loglevel: error",
    "auth_method: [anonymous]",
    "anonymous_protocol: sasl_anon",
    "listen:",
    `  - {port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, shaper: none}`,
    "modules:",
    "  mod_muc:",
    "    access: all",
    "    access_create: all",
    "    history_size: 0",
    "    max_users: 1000",
    "    default_room_options: {max_users: 1000}",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** The steps of a connection that signs in anonymously and enters the room under this name. */
function enterRoom(nick: string): readonly Step[] {
  const open =
    "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
  const session = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>";
  return [
    step(`<?xml version='1.0'?>${open}`, "</stream:features>"),
    step("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", "<success"),
    step(open, "</stream:features>"),
    step("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>"),
    step(`<iq type='set' id='session'>${session}</iq>`, "id='session'"),
    step(`<presence to='${ROOM}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`, "<subject"),
  ];
}

function step(send: string, wait: string): Step {
  return { send: Buffer.from(send), wait: Buffer.from(wait) };
}
