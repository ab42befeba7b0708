// Builds the style sheets of both directions, the script and the fonts into the static folder of the house.
import { cp, mkdir, rename, rm, stat, writeFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import rtlcss from "rtlcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/divan/foundation/ui/static/ui/dist");
// The build grows beside the old one and takes its place at the end, so that a page is never served half a build.
const growing = `${out}.${process.pid}`;
const fonts = join(here, "node_modules/@fontsource-variable/vazirmatn/files");
// Typst sets the letters of the province; it reads neither woff2 nor variable fonts.
const letterFonts = join(here, "node_modules/vazirmatn/fonts/ttf");
const target = ["chrome111", "firefox115", "safari16.4"];
const cssLimit = 120 * 1024;

function compiled(name) {
  return sass.compile(join(here, "styles", name), {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  }).css;
}

// Bootstrap is written for left to right and is turned; our own sheets use logical properties and serve both as they are.
async function styles() {
  const [bootstrap, divan] = [compiled("bootstrap.scss"), compiled("divan.scss")];
  for (const [name, below] of [["divan.ltr.css", bootstrap], ["divan.rtl.css", rtlcss.process(bootstrap)]]) {
    const sheet = `${below}\n${divan}`.replaceAll('@charset "UTF-8";', "");
    const { code } = await esbuild.transform(sheet, { loader: "css", minify: true, target, legalComments: "none" });
    if (code.length > cssLimit) throw new Error(`${name} has ${code.length} bytes, more than ${cssLimit}`);
    await writeFile(join(growing, name), code);
  }
}

// The editor of rich text is apart: only pages with such a field load it.
async function editorStyle() {
  const { code } = await esbuild.transform(compiled("editor.scss"), { loader: "css", minify: true, target });
  await writeFile(join(growing, "editor.css"), code);
}

// pdf-lib's parser draws in the measures of fonts that only its writer needs; they are a third of its size.
const withoutFonts = {
  name: "without-fonts",
  setup(to) {
    to.onResolve({ filter: /standard-fonts/ }, () => ({ path: "fonts", namespace: "left-out" }));
    to.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: "const none = {}; export const Encodings = none, Font = none, FontNames = none;",
    }));
  },
};

async function script(name, entry = name) {
  await esbuild.build({
    entryPoints: [join(here, "scripts", entry)],
    outfile: join(growing, name),
    plugins: [withoutFonts],
    bundle: true,
    minify: true,
    format: "iife",
    target,
    legalComments: "none",
    logLevel: "warning",
  });
}

async function pictures() {
  await cp(join(here, "images"), join(growing, "images"), { recursive: true });
  await mkdir(join(growing, "fonts/letters"), { recursive: true });
  for (const subset of ["arabic", "latin"]) {
    await cp(join(fonts, `vazirmatn-${subset}-wght-normal.woff2`), join(growing, `fonts/vazirmatn-${subset}.woff2`));
  }
  for (const weight of ["Regular", "Medium", "Bold"]) {
    const name = `Vazirmatn-${weight}.ttf`;
    await cp(join(letterFonts, name), join(growing, "fonts/letters", name));
  }
}

async function licences() {
  await cp(join(here, "NOTICE.md"), join(growing, "NOTICE.txt"));
  for (const [work, name, file = "LICENSE"] of [["bootstrap", "bootstrap"], ["htmx.org", "htmx"], ["@fontsource-variable/vazirmatn", "vazirmatn"], ["prosemirror-view", "prosemirror"], ["pkijs", "pkijs"], ["asn1js", "asn1js"], ["@cantoo/pdf-lib", "pdf-lib", "LICENSE.md"], ["@noble/curves", "noble-curves"], ["bytestreamjs", "bytestreamjs"], ["pvutils", "pvutils"], ["pvtsutils", "pvtsutils"], ["fflate", "fflate"]]) {
    await cp(join(here, "node_modules", work, file), join(growing, `licences/${name}.txt`), { recursive: true });
  }
}

async function build() {
  await rm(growing, { recursive: true, force: true });
  await mkdir(growing, { recursive: true });
  try {
    // All are waited for, also where one fails: what still writes would bring the folder back after it was removed.
    const made = await Promise.allSettled([styles(), editorStyle(), script("divan.js"), script("editor.js"), script("verifier.js", "verifier/page.js"), pictures(), licences()]);
    const failed = made.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    await rm(out, { recursive: true, force: true });
    await rename(growing, out);
  } finally {
    await rm(growing, { recursive: true, force: true });
  }
  for (const name of (await readdir(out, { recursive: true })).sort()) {
    const found = await stat(join(out, name));
    if (found.isFile()) console.log(`${String(found.size).padStart(8)}  ${name}`);
  }
}

await build();
