// The house's own rules for OpenAPI documents, one file per family. Each rule is
// an error; redocly.yaml has Redocly's own.
import bodies from './rules/bodies.js';
import bounds from './rules/bounds.js';
import descriptions from './rules/descriptions.js';
import errors from './rules/errors.js';
import extensions from './rules/extensions.js';
import paths from './rules/paths.js';
import security from './rules/security.js';
import sets from './rules/sets.js';
import statuses from './rules/statuses.js';

const rules = {...bodies, ...bounds, ...descriptions, ...errors, ...extensions, ...paths, ...security, ...sets, ...statuses};

export default function plugin() {
  return {
    id: 'latchkey',
    rules: {oas3: rules},
    configs: {all: {rules: Object.fromEntries(Object.keys(rules).map((name) => [`latchkey/${name}`, 'error']))}},
  };
}
