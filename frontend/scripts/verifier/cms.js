// Signatures of documents: CMS with a timestamp (PAdES B-T), certificates and their chains, judged as divan_libs.pki does.
import * as asn1js from "asn1js";
import { Certificate, CertificateChainValidationEngine, ContentInfo, getCrypto, SignedData, TSTInfo } from "pkijs";
import { hex, joined, same } from "./encoding.js";

const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  timestamp: "1.2.840.113549.1.9.16.2.14",
  signingCertificate: "1.2.840.113549.1.9.16.2.47",
  keyUsage: "2.5.29.15",
  purposes: "2.5.29.37",
  timestamping: "1.3.6.1.5.5.7.3.8",
};
const SIGNING_PURPOSES = ["1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0"];
const HASHES = {
  "1.3.14.3.2.26": "SHA-1",
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const NESTING = 64;

export class Unreadable extends Error {}

function lengthAt(bytes, start) {
  let at = start + 1;
  if ((bytes[start] & 0x1f) === 0x1f) {
    while (bytes[at] & 0x80) at += 1;
    at += 1;
  }
  const first = bytes[at];
  if (first === undefined || first === 0x80) throw new Unreadable();
  const octets = first > 0x80 ? first & 0x7f : 0;
  let size = octets ? 0 : first;
  for (let more = 0; more < octets; more += 1) size = size * 256 + bytes[at + 1 + more];
  const end = at + 1 + octets + size;
  if (!(end <= bytes.length)) throw new Unreadable();
  return { content: at + 1 + octets, end };
}

function requireDefinite(bytes, start, end, depth) {
  if (!depth) throw new Unreadable();
  for (let at = start; at < end; ) {
    const found = lengthAt(bytes, at);
    if (found.end > end) throw new Unreadable();
    if (bytes[at] & 0x20) requireDefinite(bytes, found.content, found.end, depth - 1);
    at = found.end;
  }
}

// The signature in the room that a PDF keeps for it: DER, and behind it nothing but zeros, since no hash covers it.
export function readSignature(contents) {
  const { end } = lengthAt(contents, 0);
  requireDefinite(contents, 0, end, NESTING);
  const signed = signedData(contents.slice(0, end));
  return { signed, hasStowaway: contents.subarray(end).some((byte) => byte) };
}

function signedData(bytes) {
  const parsed = asn1js.fromBER(bytes);
  if (parsed.offset === -1) throw new Unreadable();
  return inContentInfo(parsed.result);
}

function inContentInfo(schema) {
  const info = new ContentInfo({ schema });
  if (info.contentType !== OID.signedData) throw new Unreadable();
  const signed = new SignedData({ schema: info.content });
  if (signed.signerInfos.length !== 1) throw new Unreadable();
  return signed;
}

function certificatesOf(signed) {
  return (signed.certificates ?? []).filter((one) => one instanceof Certificate);
}

export function signerOf(signed) {
  const { sid } = signed.signerInfos[0];
  const found = certificatesOf(signed).find(
    (one) => sid.issuer && one.issuer.isEqual(sid.issuer) && one.serialNumber.isEqual(sid.serialNumber),
  );
  if (!found) throw new Unreadable();
  return found;
}

function attribute(info, oid, among = "signedAttrs") {
  const found = (info[among]?.attributes ?? []).filter((one) => one.type === oid);
  return found.length === 1 && found[0].values.length === 1 ? found[0].values[0] : null;
}

const certificateBytes = (certificate) => new Uint8Array(certificate.toSchema().toBER(false));

async function namesItsCertificate(info, certificate) {
  const value = attribute(info, OID.signingCertificate);
  if (!value) return true;
  // SigningCertificateV2 → certs → the first ESSCertIDv2, whose octet string is the hash, of SHA-256 by default.
  const first = value.valueBlock.value[0].valueBlock.value[0].valueBlock.value;
  const named = first.find((one) => one instanceof asn1js.OctetString);
  const algorithm = first.find((one) => one instanceof asn1js.Sequence && one.valueBlock.value[0] instanceof asn1js.ObjectIdentifier);
  const hash = algorithm ? HASHES[algorithm.valueBlock.value[0].valueBlock.toString()] : "SHA-256";
  const digest = await crypto.subtle.digest(hash, certificateBytes(certificate));
  return same(new Uint8Array(named.valueBlock.valueHexView), new Uint8Array(digest));
}

// Whether the signature holds over the content: its digest, the attributes that are signed, and the signer's key.
async function isIntact(signed, contentType, content) {
  const info = signed.signerInfos[0];
  const hash = HASHES[info.digestAlgorithm.algorithmId];
  const digest = attribute(info, OID.messageDigest);
  const kind = attribute(info, OID.contentType);
  if (!hash || !digest || !kind || kind.valueBlock.toString() !== contentType) return false;
  const computed = new Uint8Array(await crypto.subtle.digest(hash, content));
  if (!same(new Uint8Array(digest.valueBlock.valueHexView), computed)) return false;
  const certificate = signerOf(signed);
  if (!(await namesItsCertificate(info, certificate))) return false;
  try {
    return await getCrypto(true).verifyWithPublicKey(
      info.signedAttrs.encodedValue,
      info.signature,
      certificate.subjectPublicKeyInfo,
      info.signatureAlgorithm,
      hash,
    );
  } catch {
    return false;
  }
}

async function leadsToRoot(signed, roots, at) {
  const certificate = signerOf(signed);
  const others = certificatesOf(signed).filter((one) => one !== certificate);
  const engine = new CertificateChainValidationEngine({
    trustedCerts: roots,
    certs: [...others, certificate],
    checkDate: at,
  });
  try {
    return (await engine.verify()).result;
  } catch {
    return false;
  }
}

function extension(certificate, oid) {
  return (certificate.extensions ?? []).find((one) => one.extnID === oid);
}

function maySign(certificate) {
  const usage = extension(certificate, OID.keyUsage)?.parsedValue;
  // digitalSignature is the first bit, nonRepudiation (contentCommitment) the second.
  if (!usage || !(usage.valueBlock.valueHexView[0] & 0xc0)) return false;
  const purposes = extension(certificate, OID.purposes)?.parsedValue;
  return !purposes || purposes.keyPurposes.some((one) => SIGNING_PURPOSES.includes(one));
}

async function judgeTimestamp(signed, roots, now) {
  const info = signed.signerInfos[0];
  const token = attribute(info, OID.timestamp, "unsignedAttrs");
  if (!token) return { problem: "pki.pdf.timestamp-missing", at: null };
  const altered = { problem: "pki.pdf.timestamp-altered", at: null };
  let stamp;
  try {
    const inner = inContentInfo(token);
    const content = new Uint8Array(inner.encapContentInfo.eContent.getValue());
    const told = TSTInfo.fromBER(content);
    const hash = HASHES[told.messageImprint.hashAlgorithm.algorithmId];
    const imprint = hash && (await crypto.subtle.digest(hash, info.signature.valueBlock.valueHexView));
    const fits = imprint && same(new Uint8Array(told.messageImprint.hashedMessage.valueBlock.valueHexView), new Uint8Array(imprint));
    if (!fits || !(await isIntact(inner, OID.timestampInfo, content))) return altered;
    stamp = { inner, at: told.genTime };
  } catch {
    return altered;
  }
  const purposes = extension(signerOf(stamp.inner), OID.purposes)?.parsedValue?.keyPurposes ?? [];
  const trusted = purposes.includes(OID.timestamping) && (await leadsToRoot(stamp.inner, roots, now));
  return trusted ? { problem: null, at: stamp.at } : { problem: "pki.pdf.timestamp-untrusted", at: null };
}

// Why the signer is not trusted at that moment. A stranger's certificate does not become a friend's by being old: where
// it is out of its time, it is looked at again while it was valid.
async function doubtsOf(signed, roots, moment) {
  const certificate = signerOf(signed);
  const found = maySign(certificate) ? [] : ["pki.pdf.certificate-unfit"];
  if (HASHES[signed.signerInfos[0].digestAlgorithm.algorithmId] === "SHA-1") return [...found, "pki.pdf.weak-algorithm"];
  if (await leadsToRoot(signed, roots, moment)) return found;
  const [from, to] = [certificate.notBefore.value, certificate.notAfter.value];
  if (moment < from) found.push("pki.pdf.certificate-not-yet-valid");
  else if (moment > to) found.push("pki.pdf.certificate-expired");
  const within = new Date(Math.min(Math.max(moment, from), to));
  if (within.getTime() === moment.getTime() || !(await leadsToRoot(signed, roots, within))) found.push("pki.pdf.untrusted");
  return found;
}

function subjectOf(certificate) {
  const found = new Map();
  for (const one of certificate.subject.typesAndValues) {
    found.set(one.type, [...(found.get(one.type) ?? []), one.value.valueBlock.value]);
  }
  // A field that stands twice names two people, and so nobody.
  const only = (oid) => (found.get(oid)?.length === 1 ? found.get(oid)[0] : null);
  return {
    commonName: only("2.5.4.3"),
    nationalCode: readCode(only("2.5.4.5"), 10),
    organization: only("2.5.4.10"),
    legalId: readCode(only("2.5.4.97"), 11),
    title: only("2.5.4.12"),
  };
}

// A code of so many digits as certificates write it, null if the text is none; up to two lost zeros are put back.
export function readCode(text, digits) {
  if (typeof text !== "string") return null;
  const bare = text.trim().replace(/^[A-Za-z]{5}-/, "");
  const latin = bare.replace(/[۰-۹]/g, (one) => one.charCodeAt(0) - 0x6f0).replace(/[٠-٩]/g, (one) => one.charCodeAt(0) - 0x660);
  return /^[0-9]+$/.test(latin) && latin.length >= digits - 2 && latin.length <= digits ? latin.padStart(digits, "0") : null;
}

// Judges one signature over the given pieces of the file.
export async function judgeSignature({ signed, hasStowaway }, pieces, trust, now) {
  const certificate = signerOf(signed);
  const holds = await isIntact(signed, OID.data, joined(...pieces));
  const timestamp = await judgeTimestamp(signed, trust.timestampRoots, now);
  const doubts = holds ? await doubtsOf(signed, trust.roots, timestamp.at ?? now) : [];
  const serial = hex(certificate.serialNumber.valueBlock.valueHexView).replace(/^(00)+(?=..)/, "");
  return {
    altered: !holds || hasStowaway ? ["pki.pdf.altered"] : [],
    doubts,
    timestamp: timestamp.problem ? [timestamp.problem] : [],
    subject: subjectOf(certificate),
    serial,
    provenAt: timestamp.at,
  };
}

export function readCertificate(bytes) {
  return Certificate.fromBER(bytes);
}
