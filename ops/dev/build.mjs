// Puts what pages are served into static/built/: Tabler, htmx with its live-stream extension, and one SVG
// sprite of the icons named in static/icons.txt. Nothing of it is kept in the repository.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

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

function sprite(names) {
  const symbols = names.map((name) => {
    const [style, plain] = name.endsWith("-filled") ? ["filled", name.slice(0, -7)] : ["outline", name];
    const svg = readFileSync(from(`@tabler/icons/icons/${style}/${plain}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

function wanted() {
  const lines = readFileSync(join(root, "static", "icons.txt"), "utf8").split("\n");
  return [...new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean))].sort();
}

mkdirSync(to, { recursive: true });
for (const [name, path] of Object.entries(served)) {
  writeFileSync(join(to, name), withoutMap(readFileSync(from(path), "utf8")));
}
const names = wanted();
writeFileSync(join(to, "icons.svg"), sprite(names));
console.log(`static/built: ${Object.keys(served).length} files and ${names.length} icons`);
