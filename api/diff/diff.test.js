// spec-diff.sh in a scratch repository: what must fail fails and is named, what
// may be added passes. Not in `make test`: oasdiff takes over a minute to build cold;
// `make spec-diff-check` runs it.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const original = Object.fromEntries(['users', 'auth'].map((name) => [name, readFileSync(here(`../../gen/${name}api/openapi.json`), 'utf8')]));
const repository = mkdtempSync(join(tmpdir(), 'latchkey-diff-'));
after(() => rmSync(repository, {recursive: true}));

const git = (...args) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {cwd: repository});
const write = (name, doc) => {
  mkdirSync(join(repository, `gen/${name}api`), {recursive: true});
  writeFileSync(join(repository, `gen/${name}api/openapi.yaml`), JSON.stringify(doc)); // JSON is YAML
};
const OASDIFF = execFileSync('go', ['tool', '-n', '-modfile=spec.mod', 'oasdiff'], {cwd: here('../..'), encoding: 'utf8'}).trim();
const diff = (...args) => {
  const {status, stdout, stderr} = spawnSync(here('spec-diff.sh'), args, {cwd: repository, encoding: 'utf8', env: {...process.env, OASDIFF}});
  return {status, said: stdout + stderr};
};

/** diffOf compares what mutate(users, auth) makes of the documents with the release. */
const diffOf = (mutate) => {
  const [users, auth] = ['users', 'auth'].map((name) => JSON.parse(original[name]));
  mutate(users, auth);
  write('users', users);
  write('auth', auth);
  return diff('v0.1.0');
};

git('init', '-q');
git('commit', '-q', '--allow-empty', '-m', 'before there was a specification');
git('tag', 'v0.0.1');
for (const name of ['users', 'auth']) write(name, JSON.parse(original[name]));
git('add', '.');
git('commit', '-q', '-m', 'released');
git('tag', 'v0.1.0');

const schemas = (d) => d.components.schemas;
const breaks = {
  'response-required-property-removed': (d) => {
    delete schemas(d).User.properties.verified;
    schemas(d).User.required = schemas(d).User.required.filter((name) => name !== 'verified');
  },
  'response-optional-property-removed': (d) => delete schemas(d).Problem.properties.errors,
  'response-property-became-optional': (d) => schemas(d).User.required.pop(),
  'api-path-removed-without-deprecation': (d) => delete d.paths['/roles'],
  'api-removed-without-deprecation': (d) => delete d.paths['/users'].get,
  'api-operation-id-removed': (d) => (d.paths['/users'].get.operationId = 'allUsers'),
  'request-property-became-required': (d) => schemas(d).NewUser.required.push('password'),
  'new-required-request-property': (d) => {
    schemas(d).NewUser.properties.nickname = {type: 'string', maxLength: 9, description: 'More.'};
    schemas(d).NewUser.required.push('nickname');
  },
  'request-property-became-enum': (d) => (schemas(d).NewUser.properties.verified.enum = [true]),
  'request-property-enum-value-removed': (_, auth) => schemas(auth).Login.properties.transport.enum.pop(),
  'request-property-removed': (d) => delete schemas(d).NewUser.properties.verified,
  'request-parameter-removed': (d) => d.paths['/users'].get.parameters.shift(),
  'request-property-max-length-decreased': (d) => (schemas(d).RoleBody.properties.description.maxLength = 200),
  'request-property-pattern-changed': (d) => (schemas(d).Username.pattern = '^[a-z]+$'),
  'response-property-enum-value-removed': (d) => schemas(d).ProblemCode.enum.pop(),
  'response-property-enum-value-added': (d) => schemas(d).ProblemCode.enum.push('tired'),
  'response-property-max-length-increased': (d) => (schemas(d).User.properties.username.maxLength = 64),
  'response-non-success-status-removed': (d) => delete d.paths['/users'].get.responses[429],
  'response-success-status-removed': (d) => delete d.paths['/roles/{role}'].put.responses[201],
  'optional-response-header-removed': (d) => delete d.components.responses.RateLimited.headers['RateLimit-Reset'],
};

for (const [rule, mutate] of Object.entries(breaks)) {
  test(`breaks: ${rule}`, () => {
    const {status, said} = diffOf(mutate);
    assert.equal(status, 1, said);
    assert.match(said, new RegExp(`\\[${rule}\\]`));
  });
}

const additions = {
  nothing: () => {},
  'an optional member of a request': (d) => (schemas(d).NewUser.properties.nickname = {type: 'string', maxLength: 9, description: 'More.'}),
  'a member of a response': (d) => (schemas(d).User.properties.nickname = {type: 'string', maxLength: 9, description: 'More.'}),
  'an operation': (d) => (d.paths['/more'] = {get: {...d.paths['/livez'].get, operationId: 'getMore'}}),
  'an optional parameter': (d) => d.paths['/roles'].get.parameters = [{name: 'q', in: 'query', description: 'More.', schema: {type: 'string'}}],
  'a longer maxLength of a request': (d) => (schemas(d).RoleBody.properties.description.maxLength = 300),
  'a value of an open set': (d) => schemas(d).AuditEventType['x-extensible-enum'].push('user.praised'),
};
for (const [what, mutate] of Object.entries(additions)) {
  test(`does not break: ${what}`, () => {
    const {status, said} = diffOf(mutate);
    assert.equal(status, 0, said);
  });
}

for (const [args, message] of [[[], /with which revision/], [[''], /with which revision/], [['v9'], /no revision v9/], [['v0.0.1'], /v0\.0\.1 has no gen/]]) {
  test(`can't compare with ${args}`, () => {
    const {status, said} = diff(...args);
    assert.equal(status, 2);
    assert.match(said, message);
  });
}
