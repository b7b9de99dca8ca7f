// Reads WAV files of 16-bit PCM.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** The PCM of a WAV file, with its format. */
export function readWav(file) {
  const bytes = readFileSync(file);
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  assert.equal(bytes.readUInt32LE(4), bytes.length - 8, "the length in the head is right");
  assert.equal(bytes.toString("latin1", 8, 16), "WAVEfmt ");
  assert.equal(bytes.readUInt16LE(20), 1, "PCM");
  const data = bytes.indexOf("data", 20, "latin1");
  const size = bytes.readUInt32LE(data + 4);
  assert.equal(data + 8 + size, bytes.length);
  return {
    channels: bytes.readUInt16LE(22),
    rate: bytes.readUInt32LE(24),
    bits: bytes.readUInt16LE(34),
    pcm: bytes.subarray(data + 8),
  };
}

/** The loudest sample of one channel of 16-bit PCM. */
export function loudest({ pcm, channels }, channel = 0) {
  let peak = 0;
  for (let at = channel * 2; at + 1 < pcm.length; at += channels * 2) peak = Math.max(peak, Math.abs(pcm.readInt16LE(at)));
  return peak;
}
