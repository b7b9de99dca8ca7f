// Commands as integration guides print them, run by bash with the real curl; $URL is the server.
import assert from "node:assert/strict";
import { run } from "./program.mjs";

/** Runs a pasted command with bash; $URL is the server. Answers what it printed. */
export async function paste(command, url) {
  const ran = await run(["-c", command], { program: "bash", env: { URL: url } });
  assert.equal(ran.code, 0, `${command}\n${ran.stderr}`);
  return ran.stdout;
}

/** Pastes several commands into one bash; answers what each printed. */
export async function pasteAll(commands, url) {
  const mark = "<-- next -->";
  const out = await paste(commands.map((command) => `${command}\nprintf '${mark}'\n`).join(""), url);
  return out.split(mark).slice(0, -1);
}

/** The joined text of a pasted stream, which has to be whole. */
export function spoken(stream) {
  const events = stream.split("\n\n").filter(Boolean);
  assert.equal(events.at(-1).trim(), "data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(/^data: (.*)$/.exec(event)[1]));
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

/** The words of a whole answer. */
export const said = (body) => JSON.parse(body).choices[0].message.content;
