// Paths: a request belongs to one operation.
import {follow} from '../walk.js';

export default {
  // Redocly's rule refuses /users/{user}/security beside /users/email/{email}.
  // Where {user} is a uuid, and {email} has an @, no request fits both.
  'no-ambiguous-paths': () => ({
    Paths(paths, ctx) {
      const all = Object.keys(paths);
      all.forEach((one, i) => {
        for (const other of all.slice(i + 1)) {
          for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
            if (paths[one][method] && paths[other][method] && overlap(side(one, method), side(other, method))) {
              ctx.report({message: `${method} ${one} and ${other} can be one request.`, location: ctx.location.child(other).key()});
            }
          }
        }
      });

      function side(path, method) {
        const parameters = paths[path][method].parameters ?? [];
        const schemas = parameters.map((parameter, i) => {
          const found = follow(parameter, ctx.location.child([path, method, 'parameters', i]), ctx);
          return [found.node?.name, follow(found.node?.schema, found.location.child('schema'), ctx).node ?? {}];
        });
        return {segments: path.split('/'), schemas: new Map(schemas)};
      }
    },
  }),
};

function overlap(one, other) {
  return one.segments.length === other.segments.length &&
    one.segments.every((segment, i) => meet(segment, other.segments[i], one.schemas, other.schemas));
}

function meet(a, b, ofA, ofB) {
  const [nameA, nameB] = [a, b].map((segment) => segment.match(/^\{(.+)\}$/)?.[1]);
  if (nameA && nameB) return true; // two parameters: as good as the same
  if (nameA) return takes(ofA.get(nameA) ?? {}, b);
  if (nameB) return takes(ofB.get(nameB) ?? {}, a);
  return a === b;
}

function takes(schema, text) {
  if (schema.format === 'uuid') return /^[0-9a-f-]{36}$/i.test(text);
  return new RegExp(schema.pattern ?? '', 'u').test(text) && text.length <= (schema.maxLength ?? Infinity);
}
