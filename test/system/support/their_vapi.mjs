// A scripted stand-in for Vapi's REST API: it keeps assistants and calls, and fails in the ways it is told to.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

/**
 * Starts it. `fail(path, …steps)` scripts the answers of the next requests whose path begins so: {status, body, headers},
 * {garbage: text}, {hangs: true} or {drops: true}. `requests` are {method, path, headers, body} of everything that came.
 */
export async function startVapi({ key }) {
  const requests = [];
  const scripts = [];
  const assistants = new Map();
  const calls = new Map();
  const listener = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = request.url;
    const body = text ? JSON.parse(text) : undefined;
    requests.push({ method: request.method, path, headers: request.headers, body });
    const json = (status, value, headers = {}) =>
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(value));
    const script = scripts.find((one) => path.startsWith(one.path) && one.steps.length > 0);
    const step = script?.steps.shift();
    if (step?.hangs) return undefined;
    if (step?.drops) return request.socket.destroy();
    if (step?.garbage !== undefined) return response.writeHead(201, { "Content-Type": "text/html" }).end(step.garbage);
    if (step) return json(step.status, step.body ?? {}, step.headers);
    const [, kind, id, action] = path.split("/");
    if (action === "control") {
      calls.get(id).status = "ended";
      return json(200, {});
    }
    if (request.headers.authorization !== `Bearer ${key}`)
      return json(401, { message: "Invalid Key. Hot tip, you may be using the public key.", error: "Unauthorized", statusCode: 401 });
    const rows = kind === "assistant" ? assistants : calls;
    if (request.method === "POST") {
      const made = { id: randomUUID(), orgId: "org", ...body };
      if (kind === "call") {
        made.status = "queued";
        made.monitor = { controlUrl: `http://127.0.0.1:${listener.address().port}/control/${made.id}/control` };
      }
      rows.set(made.id, made);
      return json(201, made);
    }
    const row = rows.get(id);
    if (!row) return json(404, { message: "Not Found", error: "Not Found", statusCode: 404 });
    if (request.method === "PATCH") Object.assign(row, body);
    if (request.method === "DELETE") rows.delete(id);
    return json(200, row);
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    requests,
    assistants,
    calls,
    fail: (path, ...steps) => scripts.push({ path, steps }),
    close: () =>
      new Promise((resolve) => {
        listener.close(resolve);
        listener.closeAllConnections();
      }),
  };
}
