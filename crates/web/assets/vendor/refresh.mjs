// Builds the vendored files again: `cd` to an empty folder, install the packages at the versions VERSIONS.md names
// (`npm install @tabler/core@… @tabler/icons@… htmx.org@… echarts@… esbuild@…`), then `node PATH/TO/vendor/refresh.mjs`.
// Nothing here runs when Hemu is built: what it writes is committed.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const vendor = dirname(fileURLToPath(import.meta.url));
const packages = resolve("node_modules");
const from = (...parts) => join(packages, ...parts);
const to = (folder, file) => {
  mkdirSync(join(vendor, folder), { recursive: true });
  return join(vendor, folder, file);
};
const version = (name) => JSON.parse(readFileSync(from(name, "package.json"), "utf8")).version;

/** Source maps are not shipped, so the line that points to one goes. */
function copyWithoutSourceMap(source, target) {
  const text = readFileSync(source, "utf8").replace(/\/\*# sourceMappingURL=[^*]*\*\//g, "").replace(/^\/\/# sourceMappingURL=.*$/gm, "");
  if (/@import|url\(["']?(https?:)?\/\//.test(text)) throw new Error(`${source} fetches something from elsewhere`);
  writeFileSync(target, `${text.trimEnd()}\n`);
}

/** One <symbol> per icon, so that a page names it with `<use href="…/sprite.svg#ti-home"/>`. */
function sprite() {
  const names = readFileSync(join(vendor, "icons.txt"), "utf8").split(/\s+/).filter(Boolean).sort();
  const symbols = names.map((name) => {
    const svg = readFileSync(from("@tabler/icons", "icons", "outline", `${name}.svg`), "utf8");
    const paths = [...svg.matchAll(/<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*\/>/g)]
      .map(([tag]) => tag.replace(/\s+/g, " ").replace(" />", "/>"))
      .filter((tag) => !tag.includes('d="M0 0h24v24H0z"'));
    return `<symbol id="ti-${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${paths.join("")}</symbol>`;
  });
  const note = `<!-- Tabler Icons ${version("@tabler/icons")}, MIT: see LICENSE -->`;
  return `<svg xmlns="http://www.w3.org/2000/svg">${note}\n${symbols.join("\n")}\n</svg>\n`;
}

function charts() {
  const note = `/*! Apache ECharts ${version("echarts")} (Apache-2.0) and zrender ${version("zrender")} (BSD-3-Clause), custom build: see VERSIONS.md */`;
  const entry = resolve("entry.js");
  copyFileSync(join(vendor, "echarts", "entry.js"), entry);
  execFileSync(from(".bin", "esbuild"), [
    entry, "--bundle", "--minify", "--format=iife", "--global-name=echarts", "--target=es2019", "--legal-comments=none",
    "--charset=utf8", '--define:process.env.NODE_ENV="production"', `--banner:js=${note}`,
    `--outfile=${to("echarts", "echarts.min.js")}`,
  ], { stdio: "inherit" });
}

copyWithoutSourceMap(from("@tabler/core", "dist", "css", "tabler.min.css"), to("tabler", "tabler.min.css"));
copyWithoutSourceMap(from("@tabler/core", "dist", "js", "tabler.min.js"), to("tabler", "tabler.min.js"));
copyWithoutSourceMap(from("htmx.org", "dist", "htmx.min.js"), to("htmx", "htmx.min.js"));
copyFileSync(from("htmx.org", "LICENSE"), to("htmx", "LICENSE"));
writeFileSync(to("tabler-icons", "sprite.svg"), sprite());
copyFileSync(from("@tabler/icons", "LICENSE"), to("tabler-icons", "LICENSE"));
// tabler/LICENSE is kept by hand: the package ships none, and the bundle holds Bootstrap and Popper too.
copyFileSync(from("echarts", "LICENSE"), to("echarts", "LICENSE"));
copyFileSync(from("echarts", "NOTICE"), to("echarts", "NOTICE"));
copyFileSync(from("echarts", "licenses", "LICENSE-d3"), to("echarts", "LICENSE-d3"));
copyFileSync(from("zrender", "LICENSE"), to("echarts", "LICENSE-zrender"));
charts();
