// Compiles the style sheet, fonts, scripts and icons of Salus into target/assets/<hash of what they are made from>/.
//
//   node build.mjs            npm ci (from the lock file) and build, unless the folder is already there
//   node build.mjs --where    only say where the folder is or would be
//
// The crate's build script runs this when the folder is missing; `./x assets` runs it by hand. What is written: each
// file under a name with a hash of its content, a .br and a .gz beside it where that is smaller, and manifest.tsv.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "..", "target", "assets");

/// Every file that the result depends on, in a fixed order. build.rs has the same list.
function inputs() {
  const found = ["package.json", "package-lock.json", ".npmrc", "build.mjs"];
  const walk = (folder) => {
    for (const entry of readdirSync(join(here, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else found.push(path);
    }
  };
  for (const folder of ["icons", "js", "scss"]) walk(folder);
  return found.sort((a, b) => (Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

/// FNV-1a, 64 bits: a name for a folder, not a safeguard. build.rs computes the same.
function fnv(parts) {
  let hash = 0xcbf29ce484222325n;
  for (const part of parts) {
    for (const byte of part) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

const hash = fnv(inputs().flatMap((path) => [Buffer.from(path), Buffer.from([0]), readFileSync(join(here, path)), Buffer.from([0])]));
const out = join(assets, hash);

if (process.argv.includes("--where") || existsSync(join(out, "manifest.tsv"))) {
  console.log(out);
  process.exit(0);
}

/// Packages from the lock file, in a folder named by it, outside the source tree.
function packages() {
  const files = ["package.json", "package-lock.json", ".npmrc"];
  const lock = fnv(files.map((file) => readFileSync(join(here, file))));
  const folder = join(assets, `npm-${lock}`);
  if (!existsSync(join(folder, "node_modules", ".package-lock.json"))) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    for (const file of files) cpSync(join(here, file), join(fresh, file));
    const npm = spawnSync("npm", ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: fresh,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    if (npm.error || npm.status !== 0) {
      rmSync(fresh, { recursive: true, force: true });
      console.error("salus-assets: npm ci failed; Node.js 18 or newer with npm must be installed and the npm registry reachable.");
      process.exit(1);
    }
    moveInto(fresh, folder);
  }
  return join(folder, "node_modules");
}

/// Puts a finished folder in its place. Another build that was quicker made the same one.
function moveInto(fresh, folder) {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}

const modules = packages();
const fresh = `${out}.${process.pid}`;
mkdirSync(fresh, { recursive: true });
const manifest = [];
const urls = new Map();

const types = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8", svg: "image/svg+xml", woff2: "font/woff2" };

function add(name, content) {
  const bytes = Buffer.from(content);
  const dot = name.lastIndexOf(".");
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const extension = name.slice(dot + 1);
  const file = `${name.slice(0, dot)}-${mark}.${extension}`;
  writeFileSync(join(fresh, file), bytes);
  let packed = 0;
  if (extension !== "woff2") {
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    const gzip = gzipSync(bytes, { level: 9 });
    if (gzip.length < bytes.length) {
      writeFileSync(join(fresh, `${file}.br`), brotli);
      writeFileSync(join(fresh, `${file}.gz`), gzip);
      packed = gzip.length;
    }
  }
  manifest.push([name, file, types[extension], packed > 0 ? "packed" : "plain"].join("\t"));
  urls.set(name, `/assets/${file}`);
  console.error(`${String(bytes.length).padStart(7)} ${String(packed || bytes.length).padStart(7)} gzip  ${file}`);
}

// Fonts: the Latin subset of both, and the wider one that browsers fetch only for pages with such letters.
for (const [name, path] of [
  ["source-sans-latin.woff2", "source-sans-3/files/source-sans-3-latin-wght-normal.woff2"],
  ["source-sans-latin-ext.woff2", "source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2"],
  ["atkinson-latin.woff2", "atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2"],
  ["atkinson-latin-ext.woff2", "atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2"],
]) add(name, readFileSync(join(modules, "@fontsource-variable", path)));

// Icons: one sprite made of the single pictures.
const icons = readdirSync(join(here, "icons")).filter((file) => file !== "icon.svg").sort().map((file) => {
  const svg = readFileSync(join(here, "icons", file), "utf8");
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1].trim();
  if (!inner) throw new Error(`icons/${file} is no SVG`);
  return `<symbol id="${file.replace(/\.svg$/, "")}" viewBox="0 0 24 24">${inner}</symbol>`;
});
add("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${icons.join("")}</svg>`);
add("nhsuk-icon-cross.svg", readFileSync(join(modules, "nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-cross.svg")));
add("icon.svg", readFileSync(join(here, "icons", "icon.svg"), "utf8"));

// The style sheet. nhsuk-frontend computes with colours, custom properties can't be computed with: so it gets stand-ins
// (scss/_stand-ins.scss), and each stand-in becomes its custom property here. A colour left over fails the build.
const sass = createRequire(join(modules, "x"))("sass");
const compiled = sass.compile(join(here, "scss", "salus.scss"), { loadPaths: [modules], style: "compressed", quietDeps: true });
const names = new Map();
for (const [, name, colour] of readFileSync(join(here, "scss", "_stand-ins.scss"), "utf8").matchAll(/^\$([a-z0-9-]+): (#[0-9a-f]{6})/gm)) {
  names.set(colour, name);
}
let css = compiled.css.replace(/#01[0-9a-f]{4}\b/g, (colour) => {
  const name = names.get(colour);
  if (!name) throw new Error(`the style sheet has the colour ${colour}, which is no stand-in of ours`);
  return `var(--${name})`;
});
const foreign = css.slice(css.indexOf("nhsuk-start"), css.indexOf("nhsuk-end")).match(/#[0-9a-f]{3,8}\b(?=[;},) ])/g) ?? [];
const unknown = [...new Set(foreign)].filter((colour) => !["#000", "#0000"].includes(colour));
if (unknown.length > 0) throw new Error(`nhsuk-frontend's part of the style sheet has colours of its own: ${unknown.join(", ")}`);
css = css.replace(/\.nhsuk-(start|end)\{[^}]*\}/g, "").replace(/url\("?asset:([^")]+)"?\)/g, (_, name) => {
  if (!urls.has(name)) throw new Error(`the style sheet names ${name}, which there is not`);
  return `url(${urls.get(name)})`;
});
if (/url\((?!\/assets\/)/.test(css)) throw new Error("the style sheet points elsewhere");
add("salus.css", css);

// Scripts: modules that import others get the names with hashes; leaves come first.
const scripts = new Map(readdirSync(join(here, "js")).map((file) => [file, readFileSync(join(here, "js", file), "utf8")]));
while (scripts.size > 0) {
  let moved = false;
  for (const [file, text] of scripts) {
    const needs = [...text.matchAll(/["']\.\/([a-z-]+\.js)["']/g)].map((match) => match[1]);
    if (needs.some((need) => scripts.has(need))) continue;
    const small = text.replace(/^\s*\/\/.*\n/gm, "").replace(/^[ \t]+/gm, "").replace(/\n{2,}/g, "\n");
    add(file, small.replace(/(["'])\.\/([a-z-]+\.js)\1/g, (_, quote, need) => `${quote}${urls.get(need)}${quote}`));
    scripts.delete(file);
    moved = true;
  }
  if (!moved) throw new Error(`scripts import each other in a circle: ${[...scripts.keys()].join(", ")}`);
}

writeFileSync(join(fresh, "manifest.tsv"), manifest.join("\n") + "\n");
moveInto(fresh, out);
console.log(out);
