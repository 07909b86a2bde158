// `node scripts/first-minute.js` follows the README's first steps in a fresh clone, as somebody does who is new: install,
// start, chat, send, read. It prints each step with its time, and fails where a step does.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const START_TIMEOUT_MS = 300_000;
const MEASURED_SENDS = 5;
/** Makes a program print its processor time when it ends. */
const PRINT_CPU =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();console.error((user+system)/1e6)})';

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "confab-first-minute-"));
const clone = join(folder, "confab");
// As in a new shell, whatever this was started by.
const environment = Object.entries(process.env).filter(([name]) => !/^(npm_|CONFAB_|NODE_)/i.test(name));
const programs = (process.env.PATH ?? "").split(delimiter).filter((part) => !part.includes("node_modules"));
const env = { ...Object.fromEntries(environment), PATH: programs.join(delimiter) };

/** The README's first two blocks of commands, without their comments. */
const [first = "", second = ""] = [
  ...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, commands]) => commands.replaceAll(/ +#.*$/gm, "").trim());
const [install, start] = first.split(" && ");
const [chat, send, tail] = second.split("\n");

const begunMs = performance.now();
try {
  run("git clone", `git clone --quiet '${root}' '${clone}'`, folder);
  const installed = run(install, install);
  if (/warn|EBADENGINE/i.test(installed)) throw new Error(`${install} warns:\n${installed}`);
  const serving = await begin(start, (output) => output.includes("HTTP listening on "));
  try {
    if (!serving.output.includes("Building Confab")) throw new Error(`${start} does not say that it builds`);
    // Without a terminal the client sends the lines of its input.
    run(chat, `echo Hello | ${chat} --room lobby`);
    run(send, send);
    const tailing = await begin(`${tail} --history 2`, (output) => output.split("\n").length > 2);
    await tailing.end();
    const texts = tailing.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).text);
    if (texts.join() !== "Hello,Deployed") throw new Error(`the messages are not there: ${tailing.output}`);
    printCpu(
      send.replace(
        "npx confab",
        `node_modules/.bin/node --import '${PRINT_CPU}' packages/server/bin/confab.js`,
      ),
    );
  } finally {
    await serving.end();
  }
  print("all of it", begunMs);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/** Runs a command in the clone and prints its time. @throws Error with its output when it fails */
function run(name, command, cwd = clone) {
  const fromMs = performance.now();
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`);
  if (name !== null) print(name, fromMs);
  return stdout + stderr;
}

/** Starts a command that runs on, and waits until its output is enough. `end` stops it as Ctrl-C does. */
async function begin(command, isEnough) {
  const fromMs = performance.now();
  const child = spawn("sh", ["-c", command], { cwd: clone, env, detached: true });
  const exited = once(child, "exit");
  const output = await new Promise((done, reject) => {
    let text = "";
    const fail = () => reject(new Error(`${command} did not get far:\n${text}`));
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.once("exit", fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (!isEnough(text)) return;
        clearTimeout(timer);
        child.off("exit", fail);
        done(text);
      });
    }
  });
  print(command, fromMs);
  return {
    output,
    async end() {
      if (child.exitCode === null) process.kill(-child.pid, "SIGINT");
      await exited;
    },
  };
}

/** Prints the least processor time of several runs: the machine may be busy with other things. */
function printCpu(command) {
  const seconds = Array.from({ length: MEASURED_SENDS }, () => Number(run(null, command)));
  process.stdout.write(`${Math.min(...seconds).toFixed(2)} s of processor time for ${send}\n`);
}

function print(name, fromMs) {
  process.stdout.write(`${((performance.now() - fromMs) / 1_000).toFixed(1).padStart(6)} s  ${name}\n`);
}
