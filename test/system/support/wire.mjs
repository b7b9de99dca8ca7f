// HTTP/1.1 byte by byte, for requests that no decent client would send.
import { connect } from "node:net";

/** One connection. Bytes that came wait until somebody reads a response. */
export class Wire {
  #socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake = () => {};

  static async open(port) {
    const wire = new Wire();
    wire.#socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    await new Promise((resolve, reject) => wire.#socket.once("connect", resolve).once("error", reject));
    wire.#socket.on("data", (bytes) => {
      wire.#received = Buffer.concat([wire.#received, bytes]);
      wire.#wake();
    });
    const closed = () => {
      wire.#isClosed = true;
      wire.#wake();
    };
    wire.#socket.on("end", closed).on("close", closed).on("error", closed);
    return wire;
  }

  /** Sends bytes or text; answers when the system took them (or the peer is gone). */
  send(bytes) {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Says that nothing more will be sent; answers can still be read. */
  endSending() {
    this.#socket.end();
  }

  close() {
    this.#socket.destroy();
  }

  /** Whether the peer has closed its side, now or within the time that a response takes. */
  async isClosedByPeer() {
    while (!this.#isClosed) {
      if (!(await this.#more())) return false;
    }
    return true;
  }

  /** Waits for more bytes or the end; false after `patienceMs` without either. */
  #more(patienceMs = 20_000) {
    return new Promise((resolve) => {
      const limit = setTimeout(() => resolve(false), patienceMs);
      this.#wake = () => {
        clearTimeout(limit);
        this.#wake = () => {};
        resolve(true);
      };
    });
  }

  async #take(count) {
    while (this.#received.length < count) {
      if (this.#isClosed) throw new Error(`the connection was closed after ${this.#received.length} of ${count} bytes`);
      if (!(await this.#more())) throw new Error("no answer in time");
    }
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async #takeUntil(mark) {
    for (;;) {
      const at = this.#received.indexOf(mark);
      if (at >= 0) return (await this.#take(at + mark.length)).subarray(0, at).toString("latin1");
      if (this.#isClosed) throw new Error(`the connection was closed after ${JSON.stringify(this.#received.toString())}`);
      if (!(await this.#more())) throw new Error("no answer in time");
    }
  }

  /** Reads one response. Answers {status, headers (lower-case names), body, json}; json may be undefined. */
  async response({ isHead = false } = {}) {
    const lines = (await this.#takeUntil("\r\n\r\n")).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(lines[0])?.[1]);
    if (!status) throw new Error(`no status line: ${lines[0]}`);
    const headers = new Map(
      lines.slice(1).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const pieces = [];
    if (isHead || status === 204 || status === 100) {
      // no body, whatever the headers say
    } else if (headers.get("transfer-encoding") === "chunked") {
      for (;;) {
        const size = parseInt(await this.#takeUntil("\r\n"), 16);
        if (size > 0) pieces.push(await this.#take(size));
        await this.#takeUntil("\r\n");
        if (size === 0) break;
      }
    } else {
      pieces.push(await this.#take(Number(headers.get("content-length") ?? 0)));
    }
    const body = Buffer.concat(pieces).toString("utf8");
    let json;
    try {
      json = JSON.parse(body);
    } catch {
      json = undefined;
    }
    return { status, headers, body, json };
  }
}

/** The bytes of a request. `headers` is a list of [name, value]; Content-Length is added for a body. */
export function request(method, path, { headers = [], body } = {}) {
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!headers.some(([name]) => name.toLowerCase() === "host")) lines.push("Host: 127.0.0.1");
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  if (bytes && !isFramed) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(lines.join("\r\n") + "\r\n\r\n", "latin1"), bytes ?? Buffer.alloc(0)]);
}
