// An MCP server made with the official SDK: over standard input and output when it is run as a program, or over
// streamable HTTP with startMcpOverHttp(). Its tools misbehave when they are asked to.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

const say = (text) => ({ content: [{ type: "text", text }] });

/** A server with its tools; `note(call)` hears of every call. */
export function makeMcpServer(note = () => {}) {
  const server = new McpServer({ name: "peer", version: "1.0.0" });
  const tool = (name, config, run) =>
    server.registerTool(name, { inputSchema: {}, ...config }, async (args, extra) => {
      note({ name, args, key: extra._meta?.["Idempotency-Key"] });
      return run(args, extra);
    });
  tool(
    "free_slots",
    {
      description: "Free slots of the workshop on a day.",
      inputSchema: { day: z.string().describe("The day") },
      outputSchema: { slots: z.array(z.string()) },
      annotations: { readOnlyHint: true },
    },
    ({ day }) => ({ ...say(`On ${day} there is **nine** and *ten*.`), structuredContent: { slots: ["09:00", "10:00"] } }),
  );
  tool("book_slot", { description: "Book a slot.", inputSchema: { slot: z.string() } }, ({ slot }) => say(`Booked ${slot}.`));
  tool("environment", { description: "What the server was given." }, () => say(JSON.stringify({ names: Object.keys(process.env).sort(), pid: process.pid, token: process.env.TOKEN })));
  tool("fail", { description: "Fails." }, () => {
    throw new Error("ECONNREFUSED at /srv/internal/db.js:17");
  });
  tool("hang", { description: "Never answers." }, (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => (note({ name: "aborted" }), reject(new Error("aborted"))))));
  tool("crash", { description: "Ends the server." }, () => process.exit(7));
  tool("grow", { description: "Adds a tool." }, () => {
    tool("late", { description: "Was added later." }, () => say("Better late than never."));
    return say("Grown.");
  });
  // So does a tool of Offhook's own agents: the clash.
  tool("order_status", { description: "Another order_status." }, () => say("From the workshop."));
  return server;
}

/**
 * Serves it over streamable HTTP. Answers {url, calls, requests, forgetSessions(), close()}; `calls` are the tool
 * calls that arrived, `requests` {method, headers} of every HTTP request.
 */
export async function startMcpOverHttp({ port = 0 } = {}) {
  const calls = [];
  const requests = [];
  const sessions = new Map();
  const listener = createServer(async (request, response) => {
    requests.push({ method: request.method, headers: request.headers });
    const id = request.headers["mcp-session-id"];
    if (id !== undefined && !sessions.has(id)) return response.writeHead(404).end();
    let transport = sessions.get(id);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (created) => sessions.set(created, transport),
      });
      await makeMcpServer((call) => calls.push(call)).connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  await new Promise((resolve) => listener.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listener.address().port}/mcp`,
    port: listener.address().port,
    calls,
    requests,
    forgetSessions: () => sessions.clear(),
    close: () =>
      new Promise((resolve) => {
        listener.close(resolve);
        listener.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const notes = process.argv[2];
  console.error("peer: started with a caller +14155550199 and", process.env.TOKEN);
  await makeMcpServer((call) => notes && appendFileSync(notes, `${JSON.stringify(call)}\n`)).connect(new StdioServerTransport());
}
