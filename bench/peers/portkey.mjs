// Portkey's gateway (npm @portkey-ai/gateway) as it comes, on a free port. Prints "listening on
// http://127.0.0.1:PORT" as the other peers do.
import { createServer, connect } from "node:net";
import { once } from "node:events";

// The gateway writes to the headers of the responses that it fetched, which Node 20 forbids (it answers 500 to every
// stream then). They are therefore handed to it with headers of their own; the body is passed on untouched.
const original = globalThis.fetch;
globalThis.fetch = async (...request) => {
  const { body, status, statusText, headers } = await original(...request);
  return new Response(body, { status, statusText, headers: new Headers(headers) });
};

const free = createServer().listen(0, "127.0.0.1");
await once(free, "listening");
const { port } = free.address();
free.close();
await once(free, "close");

process.env.NODE_ENV = "production";
process.argv.push(`--port=${port}`, "--headless");
await import("@portkey-ai/gateway/build/start-server.js");
for (;;) {
  const socket = connect(port, "127.0.0.1");
  const is_open = await new Promise((answer) => socket.once("connect", () => answer(true)).once("error", () => answer(false)));
  socket.destroy();
  if (is_open) break;
}
console.log(`listening on http://127.0.0.1:${port}`);
