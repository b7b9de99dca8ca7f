"""The webhook server that an ordinary team writes: FastAPI, SQLAlchemy's ORM, SQLite. It checks the signature, stores
the message and updates the call in one transaction, and answers after the commit. uvicorn with uvloop and httptools,
one process, WAL and synchronous=FULL as Offhook has. Prints "listening on http://127.0.0.1:PORT"."""

import hashlib
import hmac
import json
import os
import socket

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Column, Integer, String, Text, create_engine, event
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool

SECRET = os.environ["VAPI_WEBHOOK_SECRET"].encode()
Base = declarative_base()


class CallLog(Base):
    __tablename__ = "call_logs"
    id = Column(String, primary_key=True)
    status = Column(String, nullable=False)
    phone_number = Column(String)
    updated_at = Column(Integer, nullable=False, index=True)


class WebhookEvent(Base):
    __tablename__ = "webhook_events"
    id = Column(Integer, primary_key=True)
    call_id = Column(String, index=True)
    type = Column(String, nullable=False)
    payload = Column(Text, nullable=False)


# SQLAlchemy 1.4 opens a connection for every session of a SQLite file unless told otherwise.
engine = create_engine("sqlite:///data/peer.db", poolclass=QueuePool, connect_args={"check_same_thread": False})


@event.listens_for(engine, "connect")
def set_up(connection, _):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


Base.metadata.create_all(engine)
Session = sessionmaker(engine)
app = FastAPI()


@app.post("/vapi/webhook")
async def receive(request: Request):
    body = await request.body()
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-vapi-signature", "")):
        raise HTTPException(401)
    message = json.loads(body)["message"]
    call = message["call"]
    with Session() as session:
        row = session.get(CallLog, call["id"])
        if row is None:
            row = CallLog(id=call["id"], phone_number=message["customer"]["number"])
            session.add(row)
        row.status = message.get("status", call["status"])
        row.updated_at = message["timestamp"]
        session.add(WebhookEvent(call_id=call["id"], type=message["type"], payload=json.dumps(message)))
        session.commit()
    return {"status": "received"}


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False))
    server.run(sockets=[listener])
