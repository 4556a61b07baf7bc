// Each rule refuses what it is for, and nothing else does: mutations.js is tried
// on the auth service's document, reduced to a few operations so that a hundred
// variants of it are linted in seconds.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {ours, theirs} from './mutations.js';
import plugin from './plugin.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const operations = ['login', 'listSessions', 'listUserSessions', 'issueToken', 'getLivez'];
const lists = {ours: [['nothing', () => {}], ...ours], theirs: [['nothing', () => {}], ...theirs]};
let refused; // by file: the rules that refuse it, sorted
let dir;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-lint-'));
  const whole = await readFile(here('../../gen/authapi/openapi.json'), 'utf8');
  for (const [list, mutations] of Object.entries(lists)) {
    await Promise.all(mutations.map(([, mutate], i) => {
      const doc = handle(reduce(JSON.parse(whole)));
      mutate(doc);
      return writeFile(join(dir, `${list}-${i}.json`), JSON.stringify(doc));
    }));
  }
  const alone = join(dir, 'ours.yaml');
  await writeFile(alone, JSON.stringify({extends: ['latchkey/all'], plugins: [here('plugin.js')]}));
  const found = await Promise.all([lint('ours', alone), lint('theirs', here('redocly.yaml'))]);
  refused = new Map(found.flatMap((one) => [...one]));
});

after(() => rm(dir, {recursive: true}));

for (const [list, mutations] of Object.entries(lists)) {
  mutations.forEach(([rule, mutate, ...others], i) => {
    test(`${rule}: ${mutate.toString().slice(7, 120)}`, () => {
      assert.deepEqual(refused.get(`${list}-${i}.json`) ?? ['nothing'], [rule, ...others].sort());
    });
  });
}

test('every rule of ours is tried', () => {
  const tried = new Set(ours.map(([rule]) => rule));
  assert.deepEqual(Object.keys(plugin().rules.oas3).filter((name) => !tried.has(`latchkey/${name}`)), []);
});

async function lint(list, config) {
  const files = lists[list].map((_, i) => join(dir, `${list}-${i}.json`));
  const args = ['lint', '--config', config, '--format=json', '--max-problems=100000', ...files];
  const stdout = await new Promise((resolve) => {
    execFile(here('../tools/node_modules/.bin/redocly'), args, {maxBuffer: 1 << 28}, (_, out) => resolve(out));
  });
  const found = new Map();
  const reports = JSON.parse(`[${stdout.replaceAll(/^}\s*{$/gm, '},{')}]`); // one per file, one after the other
  for (const {ruleId, severity, location} of reports.flatMap((report) => report.problems)) {
    assert.equal(severity, 'error', `${ruleId} is a ${severity}`);
    const file = basename(location[0].source.ref);
    found.set(file, [...new Set([...(found.get(file) ?? []), ruleId])].sort());
  }
  return found;
}

/** reduce keeps a few operations, and the components that they lead to. */
function reduce(doc) {
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(item)) {
      if (!operations.includes(op.operationId)) delete item[method];
    }
    if (!Object.keys(item).length) delete doc.paths[path];
  }
  const reached = new Set();
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (typeof node.$ref === 'string' && !reached.has(node.$ref)) {
      reached.add(node.$ref);
      const [, , kind, name] = node.$ref.split('/');
      visit(doc.components[kind][name]);
    }
    Object.values(node).forEach(visit);
  };
  visit(doc.paths);
  for (const kind of ['schemas', 'headers', 'responses']) {
    for (const name of Object.keys(doc.components[kind])) {
      if (!reached.has(`#/components/${kind}/${name}`)) delete doc.components[kind][name];
    }
  }
  return doc;
}

/** handle adds to a document what mutations ask it for. */
function handle(doc) {
  return Object.assign(Object.create({
    op: (id) => Object.values(doc.paths).flatMap(Object.values).find((op) => op.operationId === id),
    schema: (name) => doc.components.schemas[name],
    response: (name) => doc.components.responses[name],
    unexampled: ({content}) => Object.values(content).forEach((media) => delete media.example && delete media.examples),
    json: ({content}, prefix = '') => content[`application/${prefix}json`],
  }), doc);
}
