// How rules get at what a $ref names and at the schemas within a schema. Redocly
// visits each node once and does not say whether a request or a response led to
// it; bounds and secrets depend on that.

/** follow gives what ref names, or ref itself, and where that is. */
export function follow(ref, location, ctx) {
  for (let i = 0; ref?.$ref !== undefined && i < 10; i++) {
    const found = ctx.resolve(ref, location.source.absoluteRef);
    if (found.node === undefined) return {node: undefined, location}; // no-unresolved-refs says so
    ref = found.node;
    location = found.location;
  }
  return {node: ref, location};
}

/**
 * walk calls visit(schema, location) for a schema and for all within it that a
 * value may have to fit. What `not` refuses is none of those.
 */
export function walk(ref, from, ctx, visit, seen = new Set()) {
  const {node, location} = follow(ref, from, ctx);
  if (node === undefined || seen.has(location.absolutePointer)) return;
  seen.add(location.absolutePointer);
  visit(node, location);
  const down = (child, ...path) => walk(child, location.child(path), ctx, visit, seen);
  for (const [name, property] of Object.entries(node.properties ?? {})) down(property, 'properties', name);
  if (node.items) down(node.items, 'items');
  if (typeof node.additionalProperties === 'object') down(node.additionalProperties, 'additionalProperties');
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    (node[key] ?? []).forEach((one, i) => down(one, key, i));
  }
}

/** inRequests is a visitor that shows visit each schema of a request once. */
export function inRequests(visit) {
  const seen = new Set();
  const start = (schema, location, ctx, form) =>
    walk(schema, location, ctx, (node, where) => visit(node, where, ctx, form), seen);
  return {
    Parameter: (parameter, ctx) => start(parameter.schema, ctx.location.child('schema'), ctx, false),
    RequestBody: (body, ctx) => media(body, ctx, (type, schema, location) => start(schema, location, ctx, type === form)),
  };
}

/** inResponses is a visitor that shows visit each schema of a response once. */
export function inResponses(visit) {
  const seen = new Set();
  const start = (schema, location, ctx) => walk(schema, location, ctx, (node, where) => visit(node, where, ctx), seen);
  return {
    Header: (header, ctx) => start(header.schema, ctx.location.child('schema'), ctx),
    Response: (response, ctx) => media(response, ctx, (_, schema, location) => start(schema, location, ctx)),
  };
}

/** everywhere is a visitor that shows visit each schema once. */
export function everywhere(visit) {
  return {Schema: (schema, ctx) => visit(schema, ctx.location, ctx)};
}

/** statuses gives each response of an operation: [status, response, where]. */
export function statuses(op, ctx) {
  return Object.entries(op.responses ?? {}).map(([status, ref]) => {
    const where = ctx.location.child(['responses', status]);
    return [status, follow(ref, where, ctx), where];
  });
}

/** form is the media type of OAuth's requests. */
export const form = 'application/x-www-form-urlencoded';

function media(body, ctx, visit) {
  for (const [type, content] of Object.entries(body.content ?? {})) {
    visit(type, content.schema, ctx.location.child(['content', type, 'schema']));
  }
}
