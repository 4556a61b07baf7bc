// The codes of problems, and which of them each operation lists: what
// openapi-typescript leaves out of its types.

const literal = (value) => JSON.stringify(value);

/** Both halves of the module: what it holds, and its types. */
export function codesOf(documents) {
  const all = documents.users.components.schemas.ProblemCode.enum;
  if (literal(all) !== literal(documents.auth.components.schemas.ProblemCode.enum)) {
    throw new Error("the two services have different codes");
  }
  const list = all.map((code) => `    ${literal(code)},\n`).join("");
  return {
    js: `// Generated from the specifications. Not edited.\nexport const problemCodes = Object.freeze([\n${list}]);\n`,
    types: `// Generated from the specifications. Not edited.
/** Every code that a problem can have. */
export declare const problemCodes: readonly [
${list}];
${interfaceOf("ErrorCodes", "The codes that each operation lists (\`x-error-codes\`).", documents, "x-error-codes")}
/** The codes of an operation: \`ErrorCode<"createUser">\`. */
export type ErrorCode<Operation extends keyof ErrorCodes = keyof ErrorCodes> = ErrorCodes[Operation];
${interfaceOf("OAuthErrorCodes", "The OAuth errors that each operation lists (\`x-oauth-errors\`).", documents, "x-oauth-errors")}
/** The OAuth errors of an operation: \`OAuthErrorCode<"issueToken">\`. */
export type OAuthErrorCode<Operation extends keyof OAuthErrorCodes = keyof OAuthErrorCodes> = OAuthErrorCodes[Operation];
`,
  };
}

/** Operations that both services have under one name, such as getLivez, have the codes of both. */
function interfaceOf(name, comment, documents, extension) {
  const codes = new Map();
  for (const document of Object.values(documents)) {
    for (const item of Object.values(document.paths)) {
      for (const { operationId, [extension]: listed = [] } of Object.values(item)) {
        codes.set(operationId, new Set([...(codes.get(operationId) ?? []), ...listed]));
      }
    }
  }
  const members = [...codes].filter(([, listed]) => listed.size > 0)
    .map(([operation, listed]) => `    ${operation}: ${[...listed].map(literal).join(" | ")};\n`);
  return `/** ${comment} */\nexport interface ${name} {\n${members.join("")}}`;
}
