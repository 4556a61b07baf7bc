// Security: said at each operation, and no secret in an answer.
import {inResponses} from '../walk.js';

const access = {scopes: Array.isArray, roles: Array.isArray, self: isTrue, person: isTrue, expired: isTrue};

export default {
  // The document's own `security` is what holds should one forget it: nobody
  // without a token. A reader of the operation must not have to know that.
  'security-stated': () => ({
    Operation(op, ctx) {
      if (op.security === undefined) ctx.report({message: 'Security is said at the operation; [] where it needs none.', location: ctx.location.child('operationId')});
    },
  }),

  'access-with-bearer': () => ({
    Operation(op, ctx) {
      const bearer = takesBearer(op);
      if (bearer !== (op['x-access'] !== undefined)) {
        ctx.report({message: 'x-access says whose bearer token is let in, where one is read.', location: ctx.location.child(bearer ? 'security' : 'x-access')});
      }
    },
  }),

  'access-shape': () => ({
    Operation(op, ctx) {
      const entries = Object.entries(op['x-access'] ?? {});
      if (op['x-access'] !== undefined && (!entries.length || !entries.every(([name, value]) => access[name]?.(value)))) {
        ctx.report({message: 'x-access has scopes, roles (lists), self, person, expired (true).', location: ctx.location.child('x-access')});
      }
    },
  }),

  'no-secret-in-response': () =>
    inResponses((schema, location, ctx) => {
      for (const name of Object.keys(schema.properties ?? {})) {
        if (/hash|password/i.test(name)) {
          ctx.report({message: `${name}: no answer holds a password or a hash.`, location: location.child(['properties', name]).key()});
        }
      }
    }),
};

/** takesBearer says whether an operation reads a bearer token, needed or not. */
export function takesBearer(op) {
  return (op.security ?? []).some((requirement) => requirement.bearerAuth);
}

function isTrue(value) {
  return value === true;
}
