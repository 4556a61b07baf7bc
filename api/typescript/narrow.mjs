// An operation's refusals, as openapi-typescript writes them, are problems with
// any code. x-error-codes says which codes they are; this puts it into the type.

export const preamble = `import type { ErrorCode, OAuthErrorCode } from "./codes.js";

/** A refusal whose problem has one of the operation's own codes (\`x-error-codes\`). */
type Refusal<Response extends { headers: unknown; content: { "application/problem+json": unknown } }, Code> = {
    headers: Response["headers"];
    content: { "application/problem+json": Response["content"]["application/problem+json"] & { code: Code } };
};
/** A refusal with one of the operation's own OAuth errors (\`x-oauth-errors\`). */
type OAuthRefusal<Response extends { headers: unknown; content: { "application/json": unknown } }, Code> = {
    headers: Response["headers"];
    content: { "application/json": Response["content"]["application/json"] & { error: Code } };
};
`;

/** Wraps the responses from 400 on in the interface \`operations\`. */
export function narrow(nodes, document, ts) {
  const { factory } = ts;
  const listed = new Map();
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      listed.set(operation.operationId, operation);
    }
  }
  const membersOf = (node) => node.type.members;
  const nameOf = (node) => node.name.text;

  let narrowed = 0;
  const wrap = (response, operation) => {
    if (Number(nameOf(response)) < 400) {
      return response;
    }
    narrowed++;
    const [refusal, code] = operation["x-oauth-errors"] ? ["OAuthRefusal", "OAuthErrorCode"] : ["Refusal", "ErrorCode"];
    const id = factory.createLiteralTypeNode(factory.createStringLiteral(operation.operationId));
    const type = factory.createTypeReferenceNode(refusal, [response.type, factory.createTypeReferenceNode(code, [id])]);
    return retyped(response, type);
  };
  const retyped = (node, type) => {
    const made = factory.updatePropertySignature(node, node.modifiers, node.name, node.questionToken, type);
    return ts.setTextRange(made, node);
  };
  const eachMember = (node, change) =>
    retyped(node, factory.updateTypeLiteralNode(node.type, factory.createNodeArray(membersOf(node).map(change))));

  const changed = nodes.map((node) => {
    if (!ts.isInterfaceDeclaration(node) || nameOf(node) !== "operations") {
      return node;
    }
    const operations = node.members.map((member) =>
      eachMember(member, (part) =>
        nameOf(part) === "responses" ? eachMember(part, (response) => wrap(response, listed.get(nameOf(member)))) : part,
      ),
    );
    return factory.updateInterfaceDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, operations);
  });
  if (narrowed === 0) {
    throw new Error("openapi-typescript writes operations in another way than narrow.mjs reads");
  }
  return changed;
}
