// Statuses: which of them an operation declares.
import {takesBearer} from './security.js';

export default {
  'status-always': rule('every operation may answer it', (op) => true, '400', '431', '500'),
  'status-429': exactly('the operation has a limit (x-ratelimit)', (op) => op['x-ratelimit']?.length > 0, '429'),
  'status-body': exactly('the operation takes a body', (op) => op.requestBody !== undefined, '413', '415'),

  // Whoever may show a credential may show a bad one.
  'status-401': rule('the operation reads a credential', (op) => (op.security ?? []).some((one) => Object.keys(one).length), '401'),

  // Browsers of other origins are refused what changes something, whatever it is.
  'status-403': exactly('a right is asked for, or a browser may be refused', (op, method) =>
    !['get', 'head'].includes(method) || (takesBearer(op) && (op['x-access']?.scopes ?? op['x-access']?.roles) !== undefined), '403'),

  // What reads no credential and no body is answered from memory; a probe
  // declares its own.
  'status-503': rule('a credential or a body is looked at with the help of something else', (op) => op.requestBody !== undefined || op.security?.length > 0, '503'),
};

/** rule is one that wants statuses declared where applies(op, method). */
function rule(why, applies, ...wanted) {
  return each((op, method, missing, ctx) => {
    if (!applies(op, method)) return;
    for (const status of wanted.filter(missing)) ctx.report({message: `${status} is not declared: ${why}.`, location: ctx.location.child([method, 'responses'])});
  });
}

/** exactly wants them there and nowhere else. */
function exactly(why, applies, ...wanted) {
  return each((op, method, missing, ctx) => {
    for (const status of wanted) {
      if (applies(op, method) === missing(status)) {
        const word = missing(status) ? 'is not declared' : 'is declared, but not';
        ctx.report({message: `${status} ${word}: ${why}.`, location: ctx.location.child([method, 'responses'])});
      }
    }
  });
}

function each(visit) {
  return () => ({
    PathItem(item, ctx) {
      for (const method of ['get', 'head', 'post', 'put', 'patch', 'delete']) {
        const op = item[method];
        if (op) visit(op, method, (status) => !op.responses?.[status], ctx);
      }
    },
  });
}
