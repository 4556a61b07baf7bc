// Descriptions: whatever has a name says what it is.
import {follow, walk} from '../walk.js';

export default {
  'schema-description': () => {
    const seen = new Set();
    const start = (ref, location, ctx) => walk(ref, location, ctx, (schema, where) => described(schema, where, ctx), seen);
    return {
      Components(components, ctx) {
        for (const [name, schema] of Object.entries(components.schemas ?? {})) {
          start(schema, ctx.location.child(['schemas', name]), ctx);
        }
      },
      MediaType: (content, ctx) => start(content.schema, ctx.location.child('schema'), ctx),
    };
  },

  'parameter-description': () => ({Parameter: (parameter, ctx) => described(parameter, ctx.location, ctx)}),
  'header-description': () => ({Header: (header, ctx) => described(header, ctx.location, ctx)}),
  'response-description': () => ({Response: (response, ctx) => described(response, ctx.location, ctx)}),

  // Redocly's own rule takes an operation without any tag.
  'operation-tag': () => ({
    Operation(op, ctx) {
      if (op.tags?.length !== 1) ctx.report({message: 'An operation has one tag.', location: ctx.location.child('operationId')});
    },
  }),

  'header-example': () => ({
    Header(header, ctx) {
      const {node} = follow(header.schema, ctx.location.child('schema'), ctx);
      if (header.example === undefined) {
        ctx.report({message: 'A header has an example.', location: ctx.location});
      } else if (!fits(header.example, node ?? {})) {
        ctx.report({message: 'The example does not fit the schema.', location: ctx.location.child('example')});
      }
    },
  }),
};

function described(node, location, ctx) {
  if (typeof node.description !== 'string' || node.description.trim() === '') {
    ctx.report({message: 'It has no description.', location});
  }
}

/** fits checks what a header can be: Redocly checks parameters and bodies alone. */
function fits(value, schema) {
  if (schema.enum && !schema.enum.includes(value)) return false;
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && value.length >= (schema.minLength ?? 0) &&
        value.length <= (schema.maxLength ?? Infinity) && new RegExp(schema.pattern ?? '', 'u').test(value);
    case 'integer':
      return Number.isInteger(value) && value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
    case 'boolean':
      return typeof value === 'boolean';
  }
  return false;
}
