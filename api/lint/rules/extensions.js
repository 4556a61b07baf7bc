// Extensions: those that readers of these documents know, and the shape of the
// one that a program reads.

// Where each is read: x-access, x-any-origin, x-error-codes, x-oauth-errors and
// x-ratelimit by the service and its tests, x-go-name by oapi-codegen,
// x-extensible-enum by people (Zalando's guidelines, rule 112), x-errors by
// api/consumers and latchkey mock, x-free-text here.
const known = ['x-access', 'x-any-origin', 'x-error-codes', 'x-errors', 'x-extensible-enum', 'x-free-text', 'x-go-name', 'x-oauth-errors', 'x-ratelimit'];

export default {
  'known-extensions': () => ({
    any(node, ctx) {
      if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
      for (const name of Object.keys(node)) {
        if (name.startsWith('x-') && !known.includes(name)) {
          ctx.report({message: `${name} is not among the extensions that are known here.`, location: ctx.location.child(name).key()});
        }
      }
    },
  }),

  'ratelimit-shape': () => ({
    Operation(op, ctx) {
      const limits = op['x-ratelimit'];
      if (!Array.isArray(limits) || !limits.every(isLimit)) {
        ctx.report({message: 'x-ratelimit is a list of {requests, window, key}; empty where there is no limit.', location: ctx.location.child('x-ratelimit')});
      }
    },
  }),
};

function isLimit({requests, window, key, ...rest}) {
  return requests > 0 && window > 0 && ['ip', 'caller'].includes(key) && !Object.keys(rest).length;
}
