// Judges a file in the browser as `divan verify` does: the same kinds, outcomes, codes and lines. A file, however
// hostile, is judged and never breaks the page. Nothing is sent anywhere.
import { judgeSignature, readCertificate, readCode, readSignature } from "./cms.js";
import { canonicalBytes, hex, jsonObject, latin, sha256, utf8 } from "./encoding.js";
import * as pdf from "./pdf.js";
import { Fault, HEADER, isMet, parseKey, parseReceipt, verifyReceipt } from "./tlog.js";

const RECEIPT_BEGINS = utf8(`${HEADER}\n`);
const RECEIPT_NAME = "decision.tlog-proof";
const LETTER_NAME = "letter.json";
const LETTER_SCHEMA = "divan/letter/v1";
const LONGEST_LETTER = 65536;
const CLOCK_LEEWAY = 300;
const SEVERITY = ["genuine", "untrusted", "unreadable", "altered"];
const OF_CONTENT = ["altered", "partly-covered", "changed-after-signing", "signature-unreadable", "timestamp-altered"].map(
  (code) => `pki.pdf.${code}`,
);

// Makes keys and certificates of what the page was given in text.
export async function readTrust(given) {
  const policy = given.policy && {
    ...given.policy,
    witnesses: await Promise.all(
      given.policy.witnesses.map(async (one) => ({ ...one, verifier: await parseKey(one.key) })),
    ),
  };
  const keys = await Promise.all(given.keys.map(parseKey));
  const certificates = (list) => list.map((one) => readCertificate(canonicalBytes(one)));
  return {
    keys: [...keys, ...(policy ? policy.witnesses.map((one) => one.verifier) : [])],
    policy,
    roots: certificates(given.roots),
    timestampRoots: certificates(given.timestamp_roots),
  };
}

function judgement(kind, outcome, more = {}) {
  return { kind, outcome, problems: [], lines: [], limits: [], inside: null, ...more };
}

export function worst(judged) {
  const outcomes = [judged.outcome, ...(judged.inside ? [worst(judged.inside)] : [])];
  return outcomes.sort((first, second) => SEVERITY.indexOf(second) - SEVERITY.indexOf(first))[0];
}

export async function judge(content, trust, { now = new Date(), beside = new Map() } = {}) {
  try {
    if (RECEIPT_BEGINS.every((byte, at) => content[at] === byte)) return await judgeReceipt(content, trust, now, beside);
    if (latin(content.subarray(0, 1024)).includes("%PDF-")) return await judgePdf(content, trust, now);
  } catch {
    return judgement("unknown", "unreadable", { problems: ["verify.unknown-kind"] });
  }
  const document = jsonObject(content);
  const isEvidence = document && ["intent", "closing", "path", "root"].every((name) => name in document);
  if (isEvidence || document?.kind === "divan/fork/v1") {
    return judgement("unknown", "unreadable", { problems: ["verify.by-program-only"] });
  }
  return judgement("unknown", "unreadable", { problems: ["verify.unknown-kind"] });
}

async function judgeReceipt(content, trust, now, beside) {
  let verified;
  try {
    verified = await verifyReceipt(parseReceipt(content), trust.keys);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return judgement("receipt", outcomeOf(error.code), { problems: [error.code] });
  }
  const { policy } = trust;
  const latest = BigInt(Math.floor(now.getTime() / 1000) + CLOCK_LEEWAY);
  const counted = verified.cosignatures.filter(({ timestamp }) => timestamp === null || timestamp <= latest);
  if (policy && !isMet(policy, counted)) {
    const lines = receiptLines(verified, beside);
    return judgement("receipt", "untrusted", { problems: ["tlog.policy.unmet"], lines });
  }
  if (policy) verified.cosignatures = counted;
  const limits = receiptLimits(verified, policy);
  return judgement("receipt", "genuine", { lines: receiptLines(verified, beside), limits });
}

function outcomeOf(code) {
  const strange = ["tlog.note.unsigned", "tlog.checkpoint.log-signature-missing", "tlog.note.ambiguous-key"];
  if (strange.includes(code)) return "untrusted";
  return code === "tlog.receipt.foreign" ? "unreadable" : "altered";
}

function receiptLimits(verified, policy) {
  const limits = verified.record ? ["truth", "standing"] : ["content"];
  if (!policy || policy.quorum === "none") limits.push("one-log");
  if (!verified.cosignatures.length) limits.push("moment");
  return limits.map((limit) => `verify.not-proved.${limit}`);
}

function receiptLines(verified, beside) {
  const lines = recordLines(verified.record, beside);
  const { origin, size } = verified.checkpoint;
  lines.push(["log", origin], ["position", { number: String(verified.index) }], ["size", { number: String(size) }]);
  for (const { verifier, timestamp } of verified.cosignatures) {
    lines.push(["witness", verifier.name]);
    if (timestamp) lines.push(["witness.when", { moment: new Date(Number(timestamp) * 1000) }]);
  }
  return lines;
}

function recordLines(record, beside) {
  if (!record) return [["record", { coded: ["record", "erased"] }]];
  const fact = jsonObject(record) ?? {};
  const lines = [];
  if (typeof fact.kind === "string") lines.push(["what", fact.kind]);
  if (Array.isArray(fact.subject) && fact.subject.length === 3) {
    lines.push(["subject", `${fact.subject[0]} ${fact.subject[1]}`]);
  }
  if (isObject(fact.actor)) {
    lines.push(["who", { coded: ["actor", String(fact.actor.kind ?? "")] }]);
    for (const name of ["uuid", "post", "on_behalf_of"]) {
      if (name in fact.actor) lines.push([`who.${name}`, String(fact.actor[name])]);
    }
  }
  const happened = moment(fact.at);
  if (happened) lines.push(["when", { moment: happened }]);
  if (isObject(fact.data)) {
    if (typeof fact.data.number === "string") lines.push(["number", fact.data.number]);
    const told = fact.data.sha256;
    if (typeof told === "string") {
      const known = beside.get(told.toLowerCase());
      lines.push(known ? ["speaks-of", known] : ["speaks-of.hash", told]);
    }
  }
  return lines;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// A moment of ISO 8601 with its offset; without one it is no moment.
function moment(text) {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
  if (typeof text !== "string" || !form.test(text)) return null;
  const found = new Date(text);
  return Number.isNaN(found.getTime()) ? null : found;
}

async function judgePdf(content, trust, now) {
  const refused = (problem) =>
    judgement("pdf", OF_CONTENT.includes(problem) ? "altered" : "unreadable", { problems: [problem], lines });
  const lines = [["sha256", hex(await sha256(content))]];
  let file;
  try {
    file = await pdf.parse(content);
  } catch {
    return refused("pki.pdf.unreadable");
  }
  if (file.isEncrypted) return refused("pki.pdf.encrypted");
  const letter = letterOf(file);
  const receipt = pdf.attached(file, RECEIPT_NAME);
  const inside = receipt && (await judgeReceipt(receipt, trust, now, new Map()));
  lines.unshift(...letterLines(letter));
  let verdicts;
  try {
    verdicts = await verdictsOf(file, trust, now);
  } catch {
    return { ...refused("pki.pdf.signature-unreadable"), inside };
  }
  const unsigned = pdf.hidesSignature(content) ? "pki.pdf.signature-unreadable" : "pki.pdf.unsigned";
  const found = verdicts.length ? [...new Set(verdicts.flatMap((one) => one.problems))] : [unsigned];
  const missing = found.length ? [] : missingSigners(letter, verdicts);
  const problems = missing.length ? ["verify.signers-missing"] : found;
  lines.splice(-1, 0, ...verdicts.flatMap(signatureLines), ...missing.map((name) => ["signer.missing", name]));
  return judgement("pdf", pdfOutcome(problems), { problems, lines, inside, limits: problems.length ? [] : pdfLimits(verdicts) });
}

function pdfOutcome(problems) {
  if (!problems.length) return "genuine";
  return problems.some((problem) => OF_CONTENT.includes(problem)) ? "altered" : "untrusted";
}

function pdfLimits(verdicts) {
  const limits = ["truth", "standing"];
  if (!verdicts.every((one) => one.provenAt)) limits.push("signing-time");
  return limits.map((limit) => `verify.not-proved.${limit}`);
}

async function verdictsOf(file, trust, now) {
  const signatures = pdf.signatures(file);
  const read = signatures.map((one) => readSignature(one.contents));
  const verdicts = [];
  for (const [at, signature] of signatures.entries()) {
    const found = await judgeSignature(read[at], signature.signed, trust, now);
    const coverage = await coverageProblems(file, signatures, at);
    found.problems = [...found.altered, ...coverage, ...found.doubts, ...found.timestamp];
    verdicts.push({ ...found, claimedAt: signature.claimedAt });
  }
  return verdicts;
}

async function coverageProblems(file, signatures, at) {
  const { isWhole, end } = signatures[at];
  if (!isWhole) return ["pki.pdf.partly-covered"];
  if (end === file.bytes.length) return [];
  const isLastWhole = signatures.at(-1).isWhole && signatures.at(-1).end === file.bytes.length;
  const mayFill = signatures.slice(0, at + 1).every(({ permission }) => permission !== 1);
  const permitted = isLastWhole && mayFill && (await pdf.isOnlyFilled(file, end).catch(() => false));
  return permitted ? [] : ["pki.pdf.changed-after-signing"];
}

function letterOf(file) {
  const content = pdf.attached(file, LETTER_NAME);
  return content && content.length <= LONGEST_LETTER ? jsonObject(content) : null;
}

function letterLines(letter) {
  if (letter?.schema !== LETTER_SCHEMA) return [];
  const told = [["number", "number"], ["letter.date", "dated_on"], ["letter.about", "title"], ["recipient", "recipient"]];
  return told
    .filter(([, name]) => typeof letter[name] === "string")
    .map(([label, name]) => [label, label === "letter.date" && isDay(letter[name]) ? { day: letter[name] } : letter[name]]);
}

function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(new Date(`${text}T00:00:00Z`).getTime());
}

function missingSigners(letter, verdicts) {
  if (!Array.isArray(letter?.signers)) return [];
  const signed = verdicts.map((one) => one.subject.nationalCode ?? "");
  const isThere = (wanted) =>
    signed.some((code) => (readCode(code, 10) ?? {}) === readCode(String(wanted ?? ""), 10) || (code === "" && wanted === ""));
  return letter.signers.filter((one) => isObject(one) && !isThere(one.code ?? "")).map((one) => String(one.name ?? ""));
}

function signatureLines({ subject, serial, claimedAt, provenAt }) {
  const found = [
    ["signer", subject.commonName],
    ["signer.title", subject.title],
    ["signer.organization", subject.organization],
    ["signer.national-code", subject.nationalCode],
    ["signer.legal-id", subject.legalId],
    ["signed-at.proven", provenAt && { moment: provenAt }],
    ["signed-at.claimed", !provenAt && claimedAt ? { moment: claimedAt } : null],
    ["certificate", serial],
  ];
  return found.filter(([, value]) => value !== null && value !== undefined);
}
