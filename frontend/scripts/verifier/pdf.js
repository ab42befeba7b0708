// What of a PDF file a verifier needs: its signatures, the bytes each covers, what came after it, and attached files.
// The parser is that of pdf-lib without what it writes files with; package.json names its version exactly.
import PDFArray from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFArray.js";
import PDFDict from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFDict.js";
import PDFHexString from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFHexString.js";
import PDFName from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFName.js";
import PDFNumber from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFNumber.js";
import PDFRawStream from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFRawStream.js";
import PDFString from "../../node_modules/@cantoo/pdf-lib/es/core/objects/PDFString.js";
import PDFParser from "../../node_modules/@cantoo/pdf-lib/es/core/parser/PDFParser.js";
import { decodePDFRawStream } from "../../node_modules/@cantoo/pdf-lib/es/core/streams/decode.js";
import { hex, latin, sha256 } from "./encoding.js";

const name = (text) => PDFName.of(text);
const TREE_DEPTH = 16;
const TAIL = 1024;

export class Unreadable extends Error {}

// Parses a file whose end is whole: the parser alone would also take one that was cut off.
export async function parse(bytes) {
  const tail = latin(bytes.subarray(-TAIL));
  const start = /startxref\s+(\d+)\s+%%EOF/.exec(tail.slice(tail.lastIndexOf("startxref")));
  const there = start && latin(bytes.subarray(Number(start[1]), Number(start[1]) + 24));
  if (!there || !/^\s*(xref|\d+\s+\d+\s+obj)/.test(there)) throw new Unreadable();
  const context = await PDFParser.forBytesWithOptions(bytes).parseDocument();
  const catalog = context.lookup(context.trailerInfo.Root);
  if (!(catalog instanceof PDFDict)) throw new Unreadable();
  return { bytes, context, catalog, isEncrypted: Boolean(context.trailerInfo.Encrypt) };
}

function entry(dict, key) {
  return dict instanceof PDFDict ? dict.lookup(name(key)) : undefined;
}

function items(array) {
  return array instanceof PDFArray ? Array.from({ length: array.size() }, (_, at) => array.lookup(at)) : [];
}

function textIn(value) {
  return value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : "";
}

function* pairs(node, depth = 0) {
  if (depth > TREE_DEPTH) throw new Unreadable();
  for (const kid of items(entry(node, "Kids"))) yield* pairs(kid, depth + 1);
  const leaves = items(entry(node, "Names"));
  for (let at = 0; at + 1 < leaves.length; at += 2) yield [leaves[at], leaves[at + 1]];
}

// The content of the attached file of that name as the file stands now, null where there is none or it cannot be read.
export function attached(file, wanted) {
  try {
    for (const [, specification] of pairs(entry(entry(file.catalog, "Names"), "EmbeddedFiles"))) {
      if (![textIn(entry(specification, "UF")), textIn(entry(specification, "F"))].includes(wanted)) continue;
      const stream = entry(entry(specification, "EF"), "F");
      return stream instanceof PDFRawStream ? decodePDFRawStream(stream).decode() : null;
    }
  } catch {
    return null;
  }
  return null;
}

// The filled signature fields, oldest first; throws where one is damaged.
export function signatures(file) {
  const fields = items(entry(entry(file.catalog, "AcroForm"), "Fields"));
  const filled = fields.filter((field) => entry(field, "FT") === name("Sig") && entry(field, "V") instanceof PDFDict);
  const found = filled.map((field) => entry(field, "V")).filter((value) => entry(value, "Type") !== name("DocTimeStamp"));
  return found.map((value) => signature(file.bytes, value)).sort((first, second) => first.end - second.end);
}

function signature(bytes, value) {
  const range = items(entry(value, "ByteRange")).map((part) => (part instanceof PDFNumber ? part.asNumber() : -1));
  const contents = entry(value, "Contents");
  const sound = range.length === 4 && range.every((part) => Number.isSafeInteger(part) && part >= 0);
  if (!sound || !(contents instanceof PDFHexString)) throw new Unreadable();
  const [start, length, after, rest] = range;
  const gap = latin(bytes.subarray(length, after));
  // The hole in what is signed holds the text of the signature and nothing that a reader could take for anything else.
  const isWhole = start === 0 && /^<[0-9A-Fa-f]*>$/.test(gap) && gap === `<${contents.asString()}>`;
  return {
    isWhole: isWhole && after + rest <= bytes.length,
    end: after + rest,
    contents: contents.asBytes(),
    signed: [bytes.subarray(0, length), bytes.subarray(after, after + rest)],
    permission: permission(value),
    claimedAt: claimedTime(textIn(entry(value, "M"))),
  };
}

// A date as PDF writes it (ISO 32000-1, 7.9.4), with its offset; null for anything else.
function claimedTime(text) {
  const found = /^D:(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:Z|([+-]\d{2})'(\d{2})'?)/.exec(text);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, hours = "+00", minutes = "00"] = found;
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${hours}:${minutes}`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

// What a certifying signature permits afterwards (ISO 32000-1, 12.8.2.2): 1 nothing, 2 fields to be filled; null: none.
function permission(value) {
  for (const reference of items(entry(value, "Reference"))) {
    if (entry(reference, "TransformMethod") !== name("DocMDP")) continue;
    const level = entry(entry(reference, "TransformParams"), "P");
    return level instanceof PDFNumber ? level.asNumber() : 2;
  }
  return null;
}

async function digests(file) {
  const found = new Map();
  for (const [reference, object] of file.context.enumerateIndirectObjects()) {
    const content = object instanceof PDFRawStream ? hex(await sha256(object.contents)) : "";
    const shown = (object instanceof PDFRawStream ? object.dict : object).toString();
    found.set(reference.toString(), { object, shown: shown + content });
  }
  return found;
}

function without(dict, keys) {
  return dict.entries().filter(([key]) => !keys.includes(key.asString())).map(([key, value]) => `${key} ${value}`).sort().join();
}

function isFilled(before, after) {
  const isField = after instanceof PDFDict && before instanceof PDFDict && after.get(name("FT")) === name("Sig");
  return isField && !before.has(name("V")) && without(before, ["/V"]) === without(after, ["/V"]);
}

function isForm(file, object) {
  return entry(file.catalog, "AcroForm") === object;
}

// Whether all that was added after one signature is that empty signature fields were filled, in the way we sign. It is
// narrower than what PDF allows: an update of any other kind, archive timestamps too, is taken for a change.
export async function isOnlyFilled(file, end) {
  const earlier = await parse(file.bytes.subarray(0, end));
  const [before, after] = [await digests(earlier), await digests(file)];
  let filled = 0;
  for (const [reference, { object, shown }] of after) {
    const old = before.get(reference);
    if (old?.shown === shown) continue;
    if (!old) {
      const kind = object instanceof PDFRawStream ? object.dict.lookup(name("Type")) : entry(object, "Type");
      if (![name("Sig"), name("XRef"), name("ObjStm")].includes(kind)) return false;
    } else if (isFilled(old.object, object)) {
      filled += 1;
    } else if (!(isForm(file, object) && without(old.object, ["/SigFlags"]) === without(object, ["/SigFlags"]))) {
      return false;
    }
  }
  return filled > 0 && [...before.keys()].every((reference) => after.has(reference));
}

export function hidesSignature(bytes) {
  return latin(bytes).includes("/ByteRange");
}
