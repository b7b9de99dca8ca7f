// A PostgreSQL server of a test's own (test/private_postgres): in a temporary folder, on a Unix socket only.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = join(import.meta.dirname, "../../private_postgres");

const folders = [];
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/**
 * Starts a server. Answers {url, folder, urlOf(user, password), stop(), start()}: stop() ends it at once, as a crash
 * would; start() brings it back with what it had stored.
 */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), "offhook-pg-"));
  folders.push(folder);
  let child;
  let ended;
  const start = () =>
    new Promise((resolve, reject) => {
      child = spawn(program, [folder], { stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      ended = new Promise((done) => child.on("close", done));
      ended.then(() => reject(new Error(`the private PostgreSQL server did not start\n${said}`)));
      child.on("error", reject);
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (said.includes("ready to accept connections")) resolve();
      });
    });
  await start();
  const host = encodeURIComponent(folder);
  return {
    folder,
    url: `postgresql://offhook@/postgres?host=${host}`,
    urlOf: (user, database = "postgres") => `postgres://${user}@/${database}?host=${host}`,
    start,
    async stop() {
      child.kill("SIGQUIT");
      await ended;
    },
  };
}
