// Puts what pages are served into static/built/: Tabler, htmx with its live-stream extension, and one SVG
// sprite of the icons named in static/icons.txt. Nothing of it is kept in the repository.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { brotliCompressSync, gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const from = (path) => join(root, "node_modules", path);
const to = join(root, "static", "built");

const served = {
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
  "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "sse.min.js": "htmx-ext-sse/dist/sse.min.js",
};

// A pointer to a source map that is not served would stop collectstatic, which follows it.
const withoutMap = (text) => text.replace(/\/\*# sourceMappingURL=[^*]*\*\/|\/\/# sourceMappingURL=.*$/gm, "");

const drawing = (name) => {
  const filled = name.endsWith("-filled");
  return {
    name,
    path: from(`@tabler/icons/icons/${filled ? "filled" : "outline"}/${filled ? name.slice(0, -7) : name}.svg`),
    paint: filled
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"',
  };
};

function symbol({ name, path, paint }) {
  const svg = readFileSync(path, "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${body}</symbol>`;
}

function sprite(names) {
  const drawings = names.map(drawing);
  const unknown = drawings.filter(({ path }) => !existsSync(path)).map(({ name }) => name);
  if (unknown.length) {
    console.error(`static/icons.txt: no such icon: ${unknown.join(", ")}`);
    process.exit(1);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${drawings.map(symbol).join("\n")}\n</svg>\n`;
}

function wanted() {
  const lines = readFileSync(join(root, "static", "icons.txt"), "utf8").split("\n");
  return [...new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean))].sort();
}

// Packed once here: a phone in a village gets 56 KB of Tabler instead of 635.
function serve(name, text) {
  writeFileSync(join(to, name), text);
  writeFileSync(join(to, `${name}.br`), brotliCompressSync(text));
  writeFileSync(join(to, `${name}.gz`), gzipSync(text, { level: 9 }));
}

mkdirSync(to, { recursive: true });
for (const [name, path] of Object.entries(served)) {
  serve(name, withoutMap(readFileSync(from(path), "utf8")));
}
// The seat's telephone comes as modules: one file of it, under one name.
const bundled = buildSync({
  stdin: { contents: 'export * as JsSIP from "jssip";', resolveDir: root },
  bundle: true, minify: true, write: false, format: "iife", globalName: "SeatPhone", target: "es2020",
  footer: { js: "window.JsSIP = SeatPhone.JsSIP.default || SeatPhone.JsSIP;" }, legalComments: "none",
});
serve("jssip.min.js", bundled.outputFiles[0].text);
const names = wanted();
serve("icons.svg", sprite(names));
console.log(`static/built: ${Object.keys(served).length + 1} files and ${names.length} icons`);
