// Sets: whether a value that is not listed may come.
import {everywhere} from '../walk.js';

export default {
  // A parameter or a header describes its schema.
  'enum-closed': () => {
    const said = new Set();
    const outer = (node, ctx) => {
      if (/closed set/i.test(node.description)) said.add(ctx.location.child('schema').absolutePointer);
    };
    return {
      Parameter: outer,
      Header: outer,
      ...everywhere((schema, location, ctx) => {
        if (schema.enum && !/closed set/i.test(schema.description) && !said.has(location.absolutePointer)) {
          ctx.report({message: 'An enum is a closed set, and its description says so.', location: location.child('enum')});
        }
      }),
    };
  },

  'closed-has-enum': () =>
    everywhere((schema, location, ctx) => {
      if (/closed set/i.test(schema.description) && !schema.enum) {
        ctx.report({message: 'A closed set is an enum.', location: location.child('description')});
      }
    }),

  'open-set': () =>
    everywhere((schema, location, ctx) => {
      const open = /open set/i.test(schema.description);
      const values = schema['x-extensible-enum'];
      if (open && schema.enum) ctx.report({message: 'An open set has no enum; x-extensible-enum lists what is known.', location: location.child('enum')});
      if (values === undefined) return;
      if (!open) ctx.report({message: 'What has x-extensible-enum is an open set, and its description says so.', location: location.child('x-extensible-enum')});
      if (!Array.isArray(values) || !values.length || new Set(values).size !== values.length || !values.every((value) => isOf(value, schema))) {
        ctx.report({message: 'x-extensible-enum lists values of the schema, each once.', location: location.child('x-extensible-enum')});
      }
    }),
};

function isOf(value, schema) {
  return typeof value === 'string' && value.length <= schema.maxLength && new RegExp(schema.pattern ?? '', 'u').test(value);
}
