// Writes gen/typescript, the package @latchkey/client: types from the two
// specifications, the lists of codes, and src/, compiled. `make generate` runs it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

import { codesOf } from "./codes.mjs";
import { narrow, preamble } from "./narrow.mjs";

const here = (path) => new URL(path, import.meta.url);
const out = (path) => here(`../../gen/typescript/${path}`);
const read = (path) => JSON.parse(readFileSync(here(path), "utf8"));
const tools = createRequire(here("../tools/package.json"));
const { default: openapiTS, astToString } = tools("openapi-typescript");

// What openapi-typescript warns of is mended in the specification.
for (const kind of ["warn", "error"]) {
  console[kind] = (...words) => {
    throw new Error(`openapi-typescript: ${words.join(" ")}`);
  };
}

const documents = { auth: read("../../gen/authapi/openapi.json"), users: read("../../gen/usersapi/openapi.json") };
const [version, ...others] = new Set(Object.values(documents).map((document) => document.info.version));
if (others.length > 0) {
  throw new Error("the two specifications have different versions");
}

mkdirSync(out("dist"), { recursive: true });
for (const [name, document] of Object.entries(documents)) {
  // A member with a default is as optional in a request as it was.
  const nodes = await openapiTS(structuredClone(document), { defaultNonNullable: false });
  const types = astToString(narrow(nodes, document, tools("typescript")));
  writeFileSync(out(`dist/${name}.d.ts`), `// Generated from the specification of the ${name} service. Not edited.\n${preamble}${types}`);
}
const codes = codesOf(documents);
writeFileSync(out("dist/codes.js"), codes.js);
writeFileSync(out("dist/codes.d.ts"), codes.types);
execFileSync(process.execPath, [tools.resolve("typescript/bin/tsc"), "--project", here("tsconfig.json").pathname], { stdio: "inherit" });

const { devDependencies } = read("../tools/package.json");
const manifest = { ...read("package.json"), dependencies: { "openapi-fetch": `^${devDependencies["openapi-fetch"]}` } };
const { name, ...rest } = manifest;
writeFileSync(out("package.json"), `${JSON.stringify({ name, version, ...rest }, null, 2)}\n`);
copyFileSync(here("README.md"), out("README.md"));
copyFileSync(here("../../LICENSE"), out("LICENSE"));
