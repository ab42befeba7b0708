// The page that verifies files in the browser: in the portal, and as one file to keep. What it trusts and the words it
// says come as JSON: beside the script in the file to keep, from the address that the portal's page names.
import { hex, sha256 } from "./encoding.js";
import { judge, readTrust, worst } from "./judgement.js";

const LARGEST = 256 * 1024 * 1024;
const TONES = { genuine: "good", altered: "bad", untrusted: "unknown", unreadable: "unknown" };
const PLAIN = ["number", "letter.about", "recipient", "signer", "signer.title", "signer.organization", "signer.missing", "speaks-of"];
const language = document.documentElement.lang === "en" ? "en" : "fa";
const calendar = `${language === "fa" ? "fa-IR" : "en-GB"}-u-ca-persian`;

let known;

function element(tag, options = {}, ...children) {
  const made = Object.assign(document.createElement(tag), options);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

async function knowledge(root) {
  if (known) return known;
  const beside = document.getElementById("verifier-knowledge");
  const given = beside ? JSON.parse(beside.textContent) : await (await fetch(root.dataset.knowledge)).json();
  known = { words: given.words[language], trust: await readTrust(given.trust) };
  return known;
}

function shown(label, value, words) {
  if (typeof value === "string") {
    return PLAIN.includes(label) ? element("bdi", {}, value) : element("code", { className: "code", dir: "ltr" }, value);
  }
  if (value.coded) return words.coded[value.coded.join(" ")] ?? value.coded[1];
  if (value.number) return new Intl.NumberFormat(calendar, { useGrouping: false }).format(BigInt(value.number));
  if (value.day) {
    const noon = new Date(`${value.day}T12:00:00Z`);
    return new Intl.DateTimeFormat(calendar, { dateStyle: "long", timeZone: "UTC" }).format(noon);
  }
  const style = { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Tehran" };
  return new Intl.DateTimeFormat(calendar, style).format(value.moment) + (language === "en" ? " (Tehran)" : "");
}

function listOf(items) {
  return items.length ? element("ul", {}, ...items.map((item) => element("li", {}, item))) : null;
}

function told(judged, words) {
  if (!judged.lines.length) return [];
  const rows = judged.lines.map(([label, value]) =>
    element("div", {}, element("dt", {}, words.labels[label] ?? label), element("dd", {}, shown(label, value, words))),
  );
  const heading = judged.outcome === "genuine" ? words.page.said : words.page.unproved;
  const head = element("div", { className: "summary-card__head" }, element("h3", {}, heading));
  const list = element("dl", { className: "summary-list summary-list--plain" }, ...rows);
  return [element("section", { className: "summary-card" }, head, list)];
}

function parts(judged, words) {
  const reasons = judged.problems.map((code) => {
    const sentence = words.problems[code] ?? words.page.other_reason;
    return element("span", {}, `${sentence} `, element("code", { className: "code", dir: "ltr" }, code));
  });
  const limits = judged.limits.map((code) => words.limits[code]);
  return [
    listOf(reasons),
    ...told(judged, words),
    limits.length ? element("h3", {}, words.page.not_proved) : null,
    listOf(limits),
  ];
}

function verdict(name, judged, words) {
  const overall = worst(judged);
  const sentence = words.verdicts[`${judged.kind} ${judged.outcome}`];
  const panel = element("div", { className: `panel panel--${TONES[overall]}` }, element("h2", {}, sentence));
  panel.append(element("p", {}, element("bdi", {}, name)));
  const section = element("section", { className: "verdict" }, panel, ...parts(judged, words).filter(Boolean));
  if (judged.inside) {
    const { inside } = judged;
    section.append(
      element("h3", {}, words.page.inside),
      element("p", {}, element("strong", {}, words.verdicts[`${inside.kind} ${inside.outcome}`])),
      ...parts(inside, words).filter(Boolean),
    );
  }
  const raw = JSON.stringify(judged, null, 1);
  section.append(
    element(
      "details",
      { className: "reveal" },
      element("summary", {}, words.page.experts),
      element("div", {}, element("pre", { className: "verdict__raw", dir: "ltr" }, raw)),
    ),
  );
  section.dataset.outcome = overall;
  return section;
}

async function readAll(files, words) {
  const read = [];
  for (const file of files) {
    if (file.size > LARGEST) throw new Error(words.page.too_large);
    try {
      read.push({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) });
    } catch {
      // A folder was dropped, or the file went away.
      throw new Error(words.page.unreadable);
    }
  }
  return read;
}

async function verify(root, files) {
  const [status, verdicts] = [root.querySelector("[data-status]"), root.querySelector("[data-verdicts]")];
  verdicts.replaceChildren();
  status.textContent = status.dataset.busy;
  root.setAttribute("aria-busy", "true");
  try {
    const { words, trust } = await knowledge(root);
    const read = await readAll(files, words);
    const beside = new Map();
    for (const { name, content } of read) beside.set(hex(await sha256(content)), name);
    for (const { name, content } of read) verdicts.append(verdict(name, await judge(content, trust, { beside }), words));
    status.textContent = "";
    verdicts.firstElementChild?.scrollIntoView({ block: "nearest" });
  } catch (error) {
    status.textContent = known ? error.message : status.dataset.failed;
  } finally {
    root.removeAttribute("aria-busy");
  }
}

function start(root) {
  // Browsers give the arithmetic of signatures only to pages that came by a safe way, or lie on the machine itself.
  if (!globalThis.crypto?.subtle || typeof BigInt === "undefined") {
    root.querySelector("[data-status]").textContent = root.querySelector("[data-status]").dataset.unable;
    root.hidden = false;
    root.querySelector("[data-drop]").hidden = true;
    return;
  }
  const [input, drop] = [root.querySelector("input[type='file']"), root.querySelector("[data-drop]")];
  root.hidden = false;
  input.addEventListener("change", async () => {
    if (input.files.length) await verify(root, [...input.files]);
    // The same file, altered in the meantime, may be chosen again.
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("drop--over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("drop--over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop--over");
    if (event.dataTransfer.files.length) verify(root, [...event.dataTransfer.files]);
  });
}

for (const root of document.querySelectorAll("[data-verifier]")) start(root);
