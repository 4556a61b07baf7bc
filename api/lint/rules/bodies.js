// Bodies: of which kind, closed, and with an example.
import {follow, form, inRequests, statuses} from '../walk.js';

export default {
  'body-methods': () => ({
    PathItem(item, ctx) {
      for (const method of ['get', 'head', 'delete']) {
        if (item[method]?.requestBody) {
          ctx.report({message: `A ${method.toUpperCase()} takes no body.`, location: ctx.location.child([method, 'requestBody'])});
        }
      }
    },
  }),

  // RFC 6749, section 3.2: a server ignores what it does not know.
  'body-closed': () =>
    inRequests((schema, location, ctx, isForm) => {
      if (schema.type !== 'object' && !schema.properties) return;
      if (isForm && schema.additionalProperties !== undefined) {
        ctx.report({message: 'A form of OAuth is open: unknown parameters are ignored.', location: location.child('additionalProperties')});
      }
      if (!isForm && schema.additionalProperties !== false) {
        ctx.report({message: 'A body is closed: `additionalProperties: false`.', location});
      }
    }),

  'body-media-type': () => ({
    Operation(op, ctx) {
      if (!op.requestBody) return;
      const want = op['x-oauth-errors'] ? form : 'application/json';
      const {node, location} = follow(op.requestBody, ctx.location.child('requestBody'), ctx);
      const types = Object.keys(node?.content ?? {});
      if (types.length !== 1 || types[0] !== want) {
        ctx.report({message: `The body is ${want} and nothing else.`, location: location.child('content')});
      }
    },
  }),

  'body-example': () => ({
    Operation(op, ctx) {
      const body = follow(op.requestBody, ctx.location.child('requestBody'), ctx);
      exampled(body, ctx);
      for (const [status, response] of statuses(op, ctx)) {
        if (status.startsWith('2')) exampled(response, ctx);
      }
    },
  }),
};

function exampled({node, location}, ctx) {
  for (const [type, content] of Object.entries(node?.content ?? {})) {
    const schema = follow(content.schema, location.child(['content', type, 'schema']), ctx).node;
    if (content.example === undefined && !Object.keys(content.examples ?? {}).length && schema?.example === undefined) {
      ctx.report({message: 'No example, neither here nor in its schema.', location: location.child(['content', type])});
    }
  }
}
