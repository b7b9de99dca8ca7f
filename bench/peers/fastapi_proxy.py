"""The chat proxy that an ordinary team writes: FastAPI and httpx, the upstream's bytes passed on as they come, neither
parsed nor changed. uvicorn with uvloop and httptools, one process, one client with connections kept. UPSTREAM is the
base URL of the chat server. Prints "listening on http://127.0.0.1:PORT"."""

import os
import socket

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

UPSTREAM = os.environ["UPSTREAM"]
app = FastAPI()
client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None, max_keepalive_connections=None))


@app.post("/v1/chat/completions")
async def complete(request: Request):
    body = await request.body()
    upstream = await client.send(
        client.build_request(
            "POST", f"{UPSTREAM}/chat/completions", content=body, headers={"Content-Type": "application/json"}
        ),
        stream=True,
    )

    async def pass_on():
        try:
            async for data in upstream.aiter_raw():
                yield data
        finally:
            await upstream.aclose()

    return StreamingResponse(pass_on(), status_code=upstream.status_code, media_type="text/event-stream")


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False))
    server.run(sockets=[listener])
