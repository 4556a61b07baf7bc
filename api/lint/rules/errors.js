// Errors: the document that tells of one, and the headers that come with it.
import {follow, statuses} from '../walk.js';

const problem = {type: 'application/problem+json', schema: 'Problem'};
const oauth = {type: 'application/json', schema: 'OAuthError'}; // RFC 6749, section 5.2

export default {
  'error-codes': () => ({
    Operation(op, ctx) {
      const lists = ['x-error-codes', 'x-oauth-errors'].filter((name) => op[name] !== undefined);
      const list = op[lists[0]];
      if (lists.length !== 1 || !Array.isArray(list) || !list.length || new Set(list).size !== list.length) {
        ctx.report({message: 'Its errors are listed once each, in x-error-codes or in x-oauth-errors.', location: ctx.location.child(lists[0] ?? 'responses')});
      }
    },
  }),

  'error-document': () => ({
    Operation(op, ctx) {
      const want = op['x-oauth-errors'] ? oauth : problem;
      for (const [status, {node, location}, where] of statuses(op, ctx)) {
        if (status < '4') continue;
        const types = Object.keys(node?.content ?? {});
        const schema = follow(node?.content?.[want.type]?.schema, location.child(['content', want.type, 'schema']), ctx);
        if (types.length !== 1 || !schema.location.pointer.endsWith(`/components/schemas/${want.schema}`)) {
          ctx.report({message: `An error is ${want.type} with the schema ${want.schema}, and nothing else.`, location: where});
        }
      }
    },
  }),

  'request-id': headers(() => true, 'X-Request-Id'),
  'retry-after': headers((status) => status === '429' || status === '503', 'Retry-After'),
  'www-authenticate': headers((status) => status === '401', 'WWW-Authenticate'),
  'ratelimit-headers': headers((status) => status === '429', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'),
};

/** headers is a rule: responses of which applies(status) have the headers. */
function headers(applies, ...names) {
  return () => ({
    Operation(op, ctx) {
      for (const [status, {node}, where] of statuses(op, ctx)) {
        for (const name of applies(status) ? names : []) {
          if (!node?.headers?.[name]) ctx.report({message: `${status} comes with ${name}.`, location: where});
        }
      }
    },
  });
}
