// Dựng giao diện: styles, scripts, icons and fonts, from npm packages into ../static/built.
import { build } from "esbuild";
import * as sass from "sass";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const WEB = resolve(HERE, "../..");
const MODULES = resolve(HERE, "../../../../../node_modules");
const OUT = resolve(HERE, "../static/built");
const FONT = "@fontsource/be-vietnam-pro";
const WEIGHTS = [400, 600];
const SUBSETS = ["vietnamese", "latin"];

async function buildAll() {
  const next = join(MODULES, `.built-${process.pid}`); // two builds at once never mix
  rmSync(next, { recursive: true, force: true });
  mkdirSync(join(next, "fonts"), { recursive: true });
  const faces = copyFonts(next);
  await Promise.all([buildStyles(next, "app", faces), buildStyles(next, "citizen", faces), buildStyles(next, "editor", copySigns(next)), ...["app", "editor", "eform", "scan"].map((name) => buildScript(next, name))]);
  const icons = buildIcons(next);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(dirname(OUT), { recursive: true });
  renameSync(next, OUT);
  const sizes = ["app.css", "citizen.css", "app.js", "editor.css", "editor.js", "eform.js", "scan.js", "icons.svg"].map((name) => `${name} ${(statSync(join(OUT, name)).size / 1024).toFixed(1)} kB`);
  console.log(`${sizes.join(", ")} (${icons} icons)`);
}

// Only the letters of Vietnamese and Latin, in the two weights that are used.
function copyFonts(out) {
  return WEIGHTS.map((weight) => {
    const sheet = readFileSync(join(MODULES, FONT, `${weight}.css`), "utf8");
    return [...sheet.matchAll(/@font-face\s*{[^}]*}/g)]
      .map(([face]) => ({ face, file: face.match(/url\(\.\/files\/([^)]+\.woff2)\)/)?.[1] ?? "" }))
      .filter(({ file }) => SUBSETS.some((subset) => file.includes(`-${subset}-${weight}-`)))
      .map(({ face, file }) => {
        cpSync(join(MODULES, FONT, "files", file), join(out, "fonts", file));
        return face.replace(/src:[^;]*;/, `src: url(fonts/${file}) format("woff2");`);
      })
      .join("\n");
  }).join("\n");
}

// The sheets of the drawing tool, and its signs as a font of our own address: as data the policy would refuse them.
function copySigns(out) {
  const folder = join(MODULES, "bpmn-js/dist/assets/bpmn-font");
  cpSync(join(folder, "font/bpmn.woff2"), join(out, "fonts", "bpmn.woff2"));
  const sheet = readFileSync(join(folder, "css/bpmn.css"), "utf8").replace('@charset "utf-8";', "");
  const own = ["diagram-js.css", "bpmn-js.css"].map((name) => readFileSync(join(folder, "..", name), "utf8"));
  const signs = sheet.replace(/src: url\('..\/font\/bpmn.eot[\s\S]*?format\('svg'\);/, 'src: url(fonts/bpmn.woff2) format("woff2");');
  return [signs, ...own].join("\n");
}

async function buildStyles(out, name, faces) {
  const { css } = sass.compile(join(HERE, `scss/${name}.scss`), {
    loadPaths: [MODULES],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
    style: "expanded",
    charset: false,
  });
  await build({
    stdin: { contents: `${faces}\n${css}`, loader: "css", resolveDir: out },
    outfile: join(out, `${name}.css`),
    minify: true,
    target: ["chrome100", "firefox100", "safari15"],
    logLevel: "warning",
  });
}

async function buildScript(out, name) {
  await build({
    entryPoints: [join(HERE, `js/${name}.js`)],
    outfile: join(out, `${name}.js`),
    bundle: true,
    minify: true,
    format: "iife",
    nodePaths: [MODULES],
    target: ["chrome100", "firefox100", "safari15"],
    logLevel: "warning",
  });
}

// The names in icons.txt, and every quoted word of a template that is the name of an icon.
function buildIcons(out) {
  const folder = join(MODULES, "bootstrap-icons/icons");
  const known = new Set(readdirSync(folder).map((file) => file.replace(/\.svg$/, "")));
  const listed = readFileSync(join(HERE, "icons.txt"), "utf8").split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  for (const name of listed) if (!known.has(name)) throw new Error(`icons.txt: there is no icon "${name}".`);
  const names = new Set(listed);
  for (const file of templates(WEB)) {
    for (const [, name] of readFileSync(file, "utf8").matchAll(/["']([a-z0-9-]+)["']/g)) if (known.has(name)) names.add(name);
  }
  const symbols = [...names].sort().map((name) => {
    const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
    return svg.replace(/[\s\S]*?<svg[^>]*>/, `<symbol id="${name}" viewBox="0 0 16 16">`).replace(/<\/svg>\s*$/, "</symbol>").replace(/\n\s*/g, "");
  });
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  return names.size;
}

function templates(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["built", "static", "assets", "__pycache__"].includes(entry.name) ? [] : templates(path);
    return entry.name.endsWith(".html") ? [path] : [];
  });
}

if (!existsSync(join(MODULES, FONT))) {
  console.error("Chưa có thư viện giao diện: hãy chạy npm ci trước.");
  process.exit(1);
}
await buildAll();
if (process.argv.includes("--watch")) {
  let waiting;
  watch(HERE, { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => buildAll().catch((fault) => console.error(fault.message)), 100);
  });
}
