// Bundles d3.mjs into d3-explorer.min.js, with a banner and a licence file that name every module and version.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const out = "d3-explorer.min.js";
const { metafile } = await build({
  entryPoints: ["d3.mjs"],
  outfile: out,
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "d3",
  alias: { "d3-interpolate": "./interpolate-numbers.mjs" },
  legalComments: "none",
  metafile: true,
  write: true,
});
const pieces = Object.entries(metafile.outputs[out].inputs);
const used = Object.keys(packages)
  .filter((path) => path && pieces.some(([file, { bytesInOutput }]) => bytesInOutput && file.startsWith(path + "/")))
  .sort();
const names = used.map((path) => `${path.replace("node_modules/", "")} ${packages[path].version}`);
const banner = `/*! ${names.join(", ")}. ISC licence, see d3-LICENSE.txt. */\n`;
writeFileSync(out, banner + readFileSync(out, "utf8"));

const licences = used.map((path, i) => `${names[i]}\n\n${readFileSync(path + "/LICENSE", "utf8").trim()}\n`);
writeFileSync("d3-LICENSE.txt", `${out} contains these modules.\n\n${licences.join("\n---\n\n")}`);
