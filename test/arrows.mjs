// Fails when a file of src/ includes something that its folder must not know. The table is the design's
// "arrows point one way", written out: each folder with everything it may include. Usage: node arrows.mjs SRC
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The layers from the bottom up; each line names only what the lines above it define. */
const table = {};
const folder = (name, ...mayInclude) => (table[name] = new Set(mayInclude.flat()));

folder("base");
folder("json", "base");
folder("crypto", "base");
folder("audio", "base");
folder("async", "base");
const pure = ["base", "json", "crypto", "audio", "async"];
folder("privacy", "base", "json");
folder("config", pure);
folder("obs", pure, "privacy");
const ground = [...pure, "privacy", "config", "obs"];
folder("net", ground);
folder("http", ground, "net");
folder("store", ground);
folder("tools", ground, "net", "store"); // net: tools/remote asks other people's systems (docs/decisions/0013)
folder("llm", ground, "net");
folder("speech", ground, "net");
folder("vendors", ground, "net");
folder("knowledge", ground, "net", "store", "llm");
folder("brain", ground, "net", "llm");
folder("auth", ground, "net", "http", "store");
const services = [...ground, "net", "http", "store", "knowledge", "tools", "llm", "speech", "vendors", "brain", "auth"];
folder("agent", services);
folder("call", services, "agent");
folder("exchange", services, "agent", "call");
folder("api", services, "agent", "call", "exchange");
folder("lab", services, "agent", "call", "exchange", "api");
folder("eval", services, "agent"); // measures the parts below the agent on data
folder("app", services, "agent", "call", "exchange", "api", "lab", "eval");

/** Folders whose code must not touch other people's I/O libraries: what is pure stays pure. */
const pureFolders = new Set(["base", "json", "crypto", "audio", "privacy", "brain"]);
const ioHeaders = /^(boost\/(asio|beast)|curl\/|sqlite3|sys\/socket|netinet\/)/;

function* sourceFiles(path) {
  for (const name of readdirSync(path).sort()) {
    const full = join(path, name);
    if (statSync(full).isDirectory()) yield* sourceFiles(full);
    else if (/\.(cpp|hpp|h|cc)$/.test(name)) yield full;
  }
}

/** The faults of one file's includes, each as "line: what". */
export function faultsOf(owner, text) {
  const faults = [];
  const allowed = table[owner];
  if (!allowed) return [`1: the folder ${owner} is not in the table`];
  text.split("\n").forEach((line, index) => {
    const quoted = /^\s*#\s*include\s+"([^"]+)"/.exec(line)?.[1];
    const angled = /^\s*#\s*include\s+<([^>]+)>/.exec(line)?.[1];
    if (quoted?.includes("..")) faults.push(`${index + 1}: "${quoted}" climbs out of its folder`);
    const target = quoted?.includes("/") ? quoted.split("/")[0] : undefined;
    // "embedded/…" is generated into the folder's own library.
    if (target && target !== owner && target !== "embedded" && !allowed.has(target)) {
      faults.push(`${index + 1}: ${owner} must not include "${quoted}"`);
    }
    if (quoted && !target) faults.push(`${index + 1}: "${quoted}" must be written with its folder`);
    if (angled && pureFolders.has(owner) && ioHeaders.test(angled)) {
      faults.push(`${index + 1}: ${owner} does no I/O, so it must not include <${angled}>`);
    }
  });
  return faults;
}

/** The check can fail: arrows that go the wrong way are found, others are not. */
function checkTheCheck() {
  const wrong = [
    ["base", '#include "json/json.hpp"'],
    ["net", '#include "http/message.hpp"'],
    ["store", '#include "tools/tool.hpp"'],
    ["agent", '#include "api/routes.hpp"'],
    ["call", '#include "../exchange/exchange.hpp"'],
    ["nowhere", ""],
    ["brain", "#include <boost/asio/io_context.hpp>"],
  ];
  const right = [
    ["http", '#include "net/tcp.hpp"'],
    ["app", '#include "lab/lab.hpp"'],
    ["tools", '#include "tools/tool.hpp"'],
    ["net", "#include <boost/asio/io_context.hpp>"],
  ];
  for (const [owner, text] of wrong) {
    if (faultsOf(owner, text).length === 0) throw new Error(`the check does not see ${owner}: ${text}`);
  }
  for (const [owner, text] of right) {
    if (faultsOf(owner, text).length > 0) throw new Error(`the check complains about ${owner}: ${text}`);
  }
}

checkTheCheck();
const src = process.argv[2];
let count = 0;
const faults = [];
for (const file of sourceFiles(src)) {
  count += 1;
  const owner = relative(src, file).split(sep)[0];
  for (const fault of faultsOf(owner, readFileSync(file, "utf8"))) faults.push(`src/${relative(src, file)}:${fault}`);
}
if (count < 100) throw new Error(`only ${count} source files below ${src}: is that the right folder?`);
if (faults.length > 0) {
  console.error(`${faults.length} arrows go the wrong way (see test/arrows.mjs for what each folder may include):`);
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${count} files, every arrow goes the right way`);
