// Starts and stops the real program. Nothing of the caller's environment or folder reaches it: each run
// has a folder of its own, so no .env, offhook.yaml or OFFHOOK_… variable of the machine can decide a test.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Path of the program under test, from OFFHOOK_BINARY (ctest sets it). */
export const offhook = process.env.OFFHOOK_BINARY;
if (!offhook || !existsSync(offhook)) {
  throw new Error("set OFFHOOK_BINARY to a built offhook (ctest does), such as build/dev/offhook");
}

/** How long a start, a stop or a command may take; a sanitized build on a busy machine is slow. */
const patienceMs = 60_000;

const folders = [];
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new empty folder that is removed when the test process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "offhook-"));
  folders.push(folder);
  return folder;
}

/** The environment a program gets: what it needs to run at all, and what the test gives. */
function environment(given = {}) {
  const kept = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"]) {
    if (process.env[name] !== undefined) kept[name] = process.env[name];
  }
  return { ...kept, OFFHOOK_LOG: "warning", ...given };
}

/** Runs a command to its end. Answers {code, signal, stdout, stderr}. */
export function run(args, { env, cwd = temporaryFolder(), program = offhook, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: environment(env), stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, stdout, stderr });
    });
    child.stdin.on("error", () => {}); // a program that ended does not read
    child.stdin.end(input ?? "");
  });
}

/**
 * Starts `offhook serve` (or `demo`) on a free port and waits until `readyWhen` is printed.
 * Answers {url, port, data, pid, output(), stop(), kill()}; stop() sends SIGTERM and answers the exit code.
 */
export async function start({ command = "serve", args = [], env, data = temporaryFolder(), readyWhen } = {}) {
  const child = spawn(offhook, [command, "--port", "0", "--data", data, ...args], {
    cwd: temporaryFolder(),
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  child.stdout.setEncoding("utf8");
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the program was not ready in time\n${stdout}\n${stderr}`));
    }, patienceMs);
    child.stdout.on("data", (text) => {
      stdout += text;
      if (readyWhen ? stdout.includes(readyWhen) : /listening on http:\S+\n/.test(stdout)) {
        clearTimeout(limit);
        resolve();
      }
    });
    ended.then(({ code, signal }) => {
      clearTimeout(limit);
      reject(new Error(`the program ended (${code ?? signal}) before it was ready\n${stdout}\n${stderr}`));
    });
  });
  const url = /listening on (http:\S+)/.exec(stdout)[1];
  const kill = (signal) => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    port: Number(new URL(url).port),
    data,
    pid: child.pid,
    output: () => ({ stdout, stderr }),
    kill,
    async stop() {
      const limit = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      const { code, signal } = await kill("SIGTERM");
      clearTimeout(limit);
      if (signal) throw new Error(`the program had to be killed (${signal})\n${stderr}`);
      return code;
    },
  };
}

/** Starts a server on sample data: demo, whose first call was played. */
export function startWithSampleData(options = {}) {
  return start({ command: "demo", readyWhen: "/v1/chat/completions", ...options });
}

/** POSTs JSON; answers {status, headers, text, json}. `body` may be text that is sent as it is. */
export async function post(url, body, headers = {}) {
  const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: text,
  });
  return readAnswer(response);
}

/** GETs; answers {status, headers, text, json}. */
export async function get(url, headers = {}) {
  return readAnswer(await fetch(url, { headers }));
}

async function readAnswer(response) {
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** Asks `probe` again and again until it answers something truthy. */
export async function until(probe, what) {
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    const value = await probe();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain until ${what}`);
}
