// Bounds: nothing that is sent or answered is of any length or size.
import {everywhere, inRequests, inResponses} from '../walk.js';

const bounded = ['uuid', 'date-time']; // formats that end by themselves
const widest = {int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER}; // what JavaScript can hold

export default {
  // A secret (format password) and free text may be made of anything.
  'request-string': () =>
    inRequests((schema, location, ctx) => {
      if (schema.type !== 'string' || schema.enum) return;
      if (schema.maxLength === undefined) ctx.report({message: 'A string of a request has a maxLength.', location});
      if (!schema.pattern && !schema.format && schema['x-free-text'] !== true) {
        ctx.report({message: 'A string of a request has a pattern, an enum or a format, or is marked x-free-text.', location});
      }
    }),

  'response-string': () =>
    inResponses((schema, location, ctx) => {
      if (schema.type !== 'string' || schema.enum || bounded.includes(schema.format)) return;
      if (schema.maxLength === undefined) ctx.report({message: 'A string of a response has a maxLength, an enum or a format that bounds it.', location});
    }),

  'pattern-anchored': () =>
    everywhere((schema, location, ctx) => {
      if (schema.pattern !== undefined && !anchored(schema.pattern)) {
        ctx.report({message: 'A pattern is anchored as a whole: ^…$.', location: location.child('pattern')});
      }
    }),

  'array-bounded': () =>
    everywhere((schema, location, ctx) => {
      if (schema.type === 'array' && schema.maxItems === undefined) ctx.report({message: 'An array has maxItems.', location});
    }),

  'integer-bounded': () =>
    everywhere((schema, location, ctx) => {
      if (schema.type === 'number') ctx.report({message: 'A number is an integer: no service speaks of fractions.', location});
      if (schema.type !== 'integer') return;
      const most = widest[schema.format];
      const values = schema.enum ?? [schema.minimum, schema.maximum];
      if (most === undefined) ctx.report({message: 'An integer has the format int32 or int64.', location});
      if (values.some((value) => value === undefined)) ctx.report({message: 'An integer has a minimum and a maximum, or an enum.', location});
      if (values.some((value) => Math.abs(value) > most)) ctx.report({message: `An ${schema.format} ends at ${most}.`, location});
    }),
};

/** anchored says whether ^ and $ hold for all of a pattern, not for branches of it. */
export function anchored(pattern) {
  if (!pattern.startsWith('^') || !pattern.endsWith('$') || pattern.endsWith('\\$')) return false;
  let depth = 0;
  for (const token of pattern.match(/\\.|\[(\\.|[^\]\\])*\]|./g)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === '|' && depth === 0) return false;
  }
  return true;
}
