// The chat and voice commands that integration guides paste, run with the real curl, and what they promise.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { paste as pasteAt, pasteAll, said, spoken } from "./support/paste.mjs";
import { get, post, startWithSampleData, temporaryFolder } from "./support/program.mjs";

let server;
const paste = (command) => pasteAt(command, server.url);

before(async () => (server = await startWithSampleData()));
after(async () => assert.equal(await server.stop(), 0));

test("the chat endpoint streams when a guide says nothing about it", async () => {
  const stream = await paste(`curl -sN -X POST $URL/api/chat/completions/ \\
    -H "Content-Type: application/json" \\
    -d '{"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": "What loans do you offer?"}]}'`);
  assert.match(spoken(stream), /loan/i);
});

test("the chat endpoint answers with and without a system prompt, streamed and not", async () => {
  const commands = [];
  for (const path of ["/api/chat/completions/", "/api/chat/completions", "/v1/chat/completions"]) {
    for (const system of ["", '{"role": "system", "content": "You are a helpful banking assistant."}, ']) {
      for (const stream of [true, false]) {
        commands.push(`curl -sN $URL${path} -H 'Content-Type: application/json' -d '{
          "model": "banking", "stream": ${stream}, "temperature": 0.7, "max_tokens": 200,
          "messages": [${system}{"role": "user", "content": "What loans do you offer?"}]}'`);
      }
    }
  }
  const answers = await pasteAll(commands, server.url);
  assert.equal(answers.length, 12);
  for (const [i, answer] of answers.entries()) assert.match(i % 2 === 0 ? spoken(answer) : said(answer), /loan/i);
});

test("curl can show the headers of the stream", async () => {
  const out = await paste(`curl -siN $URL/api/chat/completions/ -H 'Content-Type: application/json' \\
    -d '{"messages":[{"role":"user","content":"Hello"}]}'`);
  assert.match(out, /^HTTP\/1\.1 200 OK/);
  assert.match(out, /content-type: text\/event-stream/i);
});

/** One line of the caller in a conversation over the banking door. */
async function tell(messages, content) {
  messages.push({ role: "user", content });
  const { json } = await post(`${server.url}/api/chat/completions/`, { model: "gpt-3.5-turbo", stream: false, messages });
  messages.push(json.choices[0].message);
  return json.choices[0].message.content;
}

test("the card-blocking command asks for the date of birth, blocks, and knows it afterwards", async () => {
  const first = await paste(`curl -s -X POST $URL/api/chat/completions/ -H "Content-Type: application/json" -d '{
    "model": "gpt-3.5-turbo", "stream": false,
    "messages": [{"role": "user", "content": "Block my credit card [phone: +1234567890]"}]}'`);
  assert.match(said(first), /date of birth/i);

  const messages = [{ role: "user", content: "Block my credit card [phone: +1234567890]" }, JSON.parse(first).choices[0].message];
  const blocked = await tell(messages, "April 12 1985");
  assert.match(blocked, /4242/);
  assert.match(blocked, /blocked/i);
  const again = await tell(messages, "Block my credit card");
  assert.match(again, /already blocked/i);

  // Another conversation, in other words: the same messages within ten minutes would be a retry of the first.
  const later = [];
  assert.match(await tell(later, "Please freeze my credit card [phone: +1234567890]"), /date of birth/i);
  assert.match(await tell(later, "April 12 1985"), /already blocked/i);
  const cards = await tell(later, "Which cards do I have?");
  assert.match(cards, /1881(?![^,.]*blocked)/, "the debit card was not touched");
});

test("a wrong date of birth blocks nothing, and the number alone proves nobody", async () => {
  const messages = [];
  assert.match(await tell(messages, "Block my debit card [phone: +1234567890]"), /date of birth/i);
  assert.doesNotMatch(await tell(messages, "May 1 1970"), /now blocked/i);
  const strangers = [];
  assert.doesNotMatch(await tell(strangers, "Block my credit card [phone: +19998887777]"), /now blocked/i);
});

test("a conversation goes on over several requests", async () => {
  const ask = async (messages, content) => {
    messages.push({ role: "user", content });
    const { json } = await post(`${server.url}/v1/chat/completions`, { model: "leasing", messages });
    messages.push(json.choices[0].message);
    return json.choices[0].message.content;
  };
  const messages = [{ role: "system", content: "You are the leasing assistant of Sunset Apartments." }];
  assert.match(await ask(messages, "Hi, I'm looking for a two-bedroom apartment."), /two-bedroom/i);
  assert.match(await ask(messages, "Can I tour it on Monday at 11 am?"), /name/i);
  assert.match(await ask(messages, "My name is Dana Reed."), /phone number/i);
  assert.match(await ask(messages, "415 555 0166"), /Monday.* 11 AM.*Dana Reed/i);
  const booked = await ask(messages, "Yes, please.");
  assert.match(booked, /booked/i);
  const retried = await ask(messages.slice(0, -2), "Yes, please.");
  const confirmation = /[A-Z]{2}-\d+/.exec(booked)[0];
  assert.ok(retried.includes(confirmation), "a request that is sent again books nothing twice");
  const [lead] = (await get(`${server.url}/api/v1/leads?phone=%2B14155550166`)).json.data;
  assert.equal(lead.name, "Dana Reed");
  assert.equal((await get(`${server.url}/api/v1/tours?lead_id=${lead.id}`)).json.data.length, 1);
});

test("the property assistant is created, and answers about the property", async () => {
  const out = await paste(`curl -s -X POST $URL/exchange/assistant -H "Authorization: Bearer $VAPI_API_KEY" \\
    -H "Content-Type: application/json" -d '{
      "name": "Sunset Leasing", "firstMessage": "Thank you for calling Sunset Apartments.",
      "model": {"provider": "custom-llm", "url": "'$URL'/api/chat/completions", "model": "leasing"}}'`);
  const assistant = JSON.parse(out);
  assert.ok(assistant.id);
  const answer = await paste(`curl -s $URL/v1/chat/completions -H 'Content-Type: application/json' -d '{
    "model": "leasing", "messages": [{"role": "user", "content": "Do you allow pets? I am looking for a one bedroom."}],
    "call": {"id": "guide-property", "assistantId": "${assistant.id}", "customer": {"number": "+15551234567"}},
    "metadata": {"property_id": "prop_sunset"}}'`);
  assert.match(said(answer), /bedroom|pets/i);
});

for (const rate of [8000, 16000, 22050, 24000]) {
  test(`/vapi/tts answers raw PCM at ${rate} Hz`, async () => {
    const file = join(temporaryFolder(), "speech.pcm");
    await paste(`curl -s -f -X POST $URL/vapi/tts -H "Content-Type: application/json" -o ${file} -d '{
      "message": {"type": "voice-request", "text": "Hello, this is a test of the custom voice.", "sampleRate": ${rate},
                  "timestamp": 1677123456789, "call": {"id": "guide-voice"}}}'`);
    const pcm = readFileSync(file);
    assert.equal(pcm.length % 2, 0, "whole samples");
    assert.notEqual(pcm.subarray(0, 4).toString("latin1"), "RIFF", "no container");
    const seconds = pcm.length / 2 / rate;
    assert.ok(seconds > 1 && seconds < 8, `${seconds} s`);
    let loudest = 0;
    let squares = 0;
    for (let at = 0; at < pcm.length; at += 2) {
      const sample = pcm.readInt16LE(at);
      loudest = Math.max(loudest, Math.abs(sample));
      squares += sample * sample;
    }
    assert.ok(loudest > 2000, `loudest ${loudest}`);
    assert.ok(Math.sqrt(squares / (pcm.length / 2)) > 200, "not silent");
  });
}

test("/vapi/tts takes the sample file, a bare request, and no other rate", async () => {
  const sample = readFileSync(join(import.meta.dirname, "../data/vapi/voice-request.json"), "utf8");
  assert.equal((await post(`${server.url}/vapi/tts`, sample)).status, 200);
  const bare = await fetch(`${server.url}/vapi/tts`, { method: "POST", body: JSON.stringify({ text: "Hello." }) });
  assert.equal(bare.status, 200);
  assert.ok((await bare.arrayBuffer()).byteLength > 10_000);
  const out = await paste(`curl -s -o /dev/null -w '%{http_code}' -X POST $URL/vapi/tts \\
    -H 'Content-Type: application/json' -d '{"message":{"type":"voice-request","text":"Hi","sampleRate":11025}}'`);
  assert.equal(out, "400");
});
