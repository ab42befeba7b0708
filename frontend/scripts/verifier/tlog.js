// Receipts of the log: C2SP tlog-proof, signed notes, cosignatures and policies, as divan_libs.tlog judges them.
import { ed25519 } from "@noble/curves/ed25519.js";
import { canonicalBytes, hex, joined, jsonObject, same, sha256, textOf, utf8 } from "./encoding.js";

export const HEADER = "c2sp.org/tlog-proof@v1";
const KIND = "divan/receipt/v1";
const LABEL = utf8("divan/commitment/v1\n");
const LOG_KEY = 1;
const COSIGNATURE = 4;
const LARGEST = (1n << 63n) - 1n;
const LARGEST_NOTE = 1_000_000;
const MOST_SIGNATURES = 100;
const WHOLE = /^(0|[1-9][0-9]{0,18})$/;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

// What is wrong with a receipt; the codes are those of divan_libs.tlog.
export class Fault extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

function must(holds, code) {
  if (!holds) throw new Fault(code);
}

// A key text `name+key id+base64(type ‖ key)`; the key id must be the one that belongs to the key.
export async function parseKey(text) {
  const [name, keyId, ...rest] = text.split("+");
  const blob = canonicalBytes(rest.join("+"));
  must(isKeyName(name) && blob?.length === 33 && (blob[0] === LOG_KEY || blob[0] === COSIGNATURE), "tlog.note.key");
  const digest = await sha256(joined(utf8(`${name}\n`), blob));
  must(hex(digest.subarray(0, 4)) === keyId, "tlog.note.key");
  return { name, keyId, kind: blob[0], key: blob.subarray(1), id: `${name} ${keyId}`, public: hex(blob.subarray(1)) };
}

function isKeyName(name) {
  return Boolean(name) && !/[\s+\x00-\x1f]/u.test(name);
}

// Ed25519 of the browser where it has it (since 2023 to 2025), else in script.
async function holds(key, signature, message) {
  if (signature.length !== 64) return false;
  try {
    const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  }
}

function parseLine(line) {
  const [, name, encoded] = /^— ([^ ]*) (.*)$/su.exec(line) ?? [];
  const blob = name === undefined ? null : canonicalBytes(encoded);
  must(blob && isKeyName(name) && blob.length > 4, "tlog.note.malformed");
  return { id: `${name} ${hex(blob.subarray(0, 4))}`, signature: blob.subarray(4) };
}

function parseNote(note) {
  must(utf8(note).length <= LARGEST_NOTE, "tlog.note.too-large");
  must(!CONTROL.test(note), "tlog.note.malformed");
  const at = note.lastIndexOf("\n\n");
  const block = note.slice(at + 2);
  must(at >= 0 && block.endsWith("\n"), "tlog.note.malformed");
  const lines = block.slice(0, -1).split("\n");
  must(lines.length <= MOST_SIGNATURES, "tlog.note.too-large");
  return { text: note.slice(0, at + 1), lines: lines.map(parseLine) };
}

async function verifiedLine(verifier, line, text) {
  let { signature } = line;
  let timestamp = null;
  let message = text;
  if (verifier.kind === COSIGNATURE) {
    timestamp = BigInt(`0x${hex(signature.subarray(0, 8)) || "0"}`);
    signature = signature.subarray(8);
    message = `cosignature/v1\ntime ${timestamp}\n${text}`;
  }
  const sound = (timestamp === null || timestamp <= LARGEST) && (await holds(verifier.key, signature, utf8(message)));
  must(sound, "tlog.note.signature-invalid");
  return { verifier, timestamp };
}

async function openNote(note, verifiers) {
  const known = new Map();
  for (const verifier of verifiers) {
    const other = known.get(verifier.id);
    must(!other || (other.public === verifier.public && other.kind === verifier.kind), "tlog.note.ambiguous-key");
    known.set(verifier.id, verifier);
  }
  const parsed = parseNote(note);
  const found = new Map();
  for (const line of parsed.lines) {
    const verifier = known.get(line.id);
    if (!verifier) continue;
    const verified = await verifiedLine(verifier, line, parsed.text);
    if (!found.has(line.id)) found.set(line.id, verified);
  }
  must(found.size, "tlog.note.unsigned");
  return { text: parsed.text, signatures: [...found.values()] };
}

function parseCheckpoint(text) {
  const lines = text.split("\n");
  must(lines.length >= 4 && lines.pop() === "", "tlog.checkpoint.malformed");
  const [origin, size, encoded] = lines;
  must(WHOLE.test(size) && BigInt(size) <= LARGEST, "tlog.checkpoint.malformed");
  const root = canonicalBytes(encoded);
  must(root?.length === 32 && lines.every((line) => line && !/[\x00-\x1f]/.test(line)), "tlog.checkpoint.malformed");
  return { origin, size: BigInt(size), root };
}

async function openCheckpoint(note, verifiers) {
  const opened = await openNote(note, verifiers);
  const checkpoint = parseCheckpoint(opened.text);
  const byLog = opened.signatures.filter(
    ({ verifier }) => verifier.kind === LOG_KEY && verifier.name === checkpoint.origin,
  );
  must(byLog.length, "tlog.checkpoint.log-signature-missing");
  const logs = new Set(byLog.map(({ verifier }) => verifier.public));
  const byWitness = new Map();
  for (const signature of opened.signatures) {
    const { kind, public: key } = signature.verifier;
    if (kind === COSIGNATURE && !logs.has(key)) byWitness.set(key, signature);
  }
  return { checkpoint, cosignatures: [...byWitness.values()] };
}

// Whether these cosignatures together are what the policy demands.
export function isMet(policy, cosignatures) {
  if (policy.quorum === "none") return true;
  const keys = new Set(cosignatures.map(({ verifier }) => verifier.public));
  const met = new Map(policy.witnesses.map((witness) => [witness.name, keys.has(witness.verifier.public)]));
  for (const group of policy.groups) {
    met.set(group.name, group.members.filter((member) => met.get(member)).length >= group.threshold);
  }
  return met.get(policy.quorum) ?? false;
}

const leafHash = (entry) => sha256(joined(Uint8Array.of(0), entry));
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

// RFC 9162, 2.1.3.2.
export async function rootOf(index, size, leaf, proof) {
  must(index < size, "tlog.proof.index-out-of-range");
  let [position, last, root] = [index, size - 1n, leaf];
  for (const sibling of proof) {
    must(last, "tlog.proof.length");
    if (position & 1n || position === last) {
      root = await nodeHash(sibling, root);
      while (position && !(position & 1n)) [position, last] = [position >> 1n, last >> 1n];
    } else {
      root = await nodeHash(root, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  must(!last, "tlog.proof.length");
  return root;
}

function decoded(text, length) {
  const bytes = canonicalBytes(text);
  must(bytes && (length === undefined || bytes.length === length), "tlog.receipt.malformed");
  return bytes;
}

function parseProof(content) {
  const text = textOf(content);
  must(text !== null, "tlog.receipt.malformed");
  const at = text.indexOf("\n\n");
  const note = at < 0 ? "" : text.slice(at + 2);
  const lines = (at < 0 ? text : text.slice(0, at)).split("\n");
  must(lines.shift() === HEADER && note, "tlog.receipt.malformed");
  const extra = lines[0]?.startsWith("extra ") ? decoded(lines.shift().slice(6)) : null;
  const index = lines.shift() ?? "";
  must(index.startsWith("index ") && WHOLE.test(index.slice(6)), "tlog.receipt.malformed");
  const hashes = lines.map((line) => decoded(line));
  const place = BigInt(index.slice(6));
  must(place <= LARGEST && hashes.every((hash) => hash.length === 32), "tlog.receipt.malformed");
  return { index: place, hashes, note, extra };
}

export function parseReceipt(content) {
  const proof = parseProof(content);
  const extra = proof.extra && jsonObject(proof.extra);
  must(extra && extra.kind === KIND, "tlog.receipt.foreign");
  const names = Object.keys(extra).sort().join();
  must(names === "entry,kind" || names === "entry,kind,record,salt", "tlog.receipt.malformed");
  const entry = decoded(extra.entry);
  let opening = null;
  if ("salt" in extra) {
    opening = { salt: decoded(extra.salt), record: decoded(extra.record) };
    must(opening.salt.length === 32, "tlog.commitment.salt");
  }
  return { ...proof, entry, opening };
}

// Checks all but the number of witnesses, which is a matter of the policy.
export async function verifyReceipt(receipt, verifiers) {
  const { checkpoint, cosignatures } = await openCheckpoint(receipt.note, verifiers);
  const root = await rootOf(receipt.index, checkpoint.size, await leafHash(receipt.entry), receipt.hashes);
  must(same(root, checkpoint.root), "tlog.proof.root-differs");
  const { opening } = receipt;
  if (opening) {
    const entry = await sha256(joined(LABEL, opening.salt, opening.record));
    must(same(entry, receipt.entry), "tlog.commitment.differs");
  }
  return { index: receipt.index, record: opening?.record ?? null, checkpoint, cosignatures };
}
