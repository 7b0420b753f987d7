// The public component library (FOZ_SHARED/xdm), taken in by the program, and what schemas of its parts come to.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { run, startFoz, temporaryFolder } from '../lib/processes.mjs';
import { shared } from '../lib/shared.mjs';

const library = shared('xdm');
const kResources = 819;
const kCombinations = 50;
const registry = '/data/foundation/schemaregistry';
const form = (name) => ({ Accept: `application/vnd.adobe.${name}+json; version=1` });

function componentsOf(kind) {
  const folder = join(library, 'components', kind);
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.schema.json')).sort().map((name) => {
    const { $id, 'meta:intendedToExtend': intended = [] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return { $id, intended };
  });
}

describe('the public component library', { skip: library ? false : 'FOZ_SHARED/xdm is not there' }, () => {
  let folder, foz, api;
  before(async () => {
    folder = temporaryFolder();
    foz = await startFoz(folder.path, { env: { FOZ_LOG_LEVEL: 'error' } });
    api = await connect(folder.path);
  });
  after(async () => {
    await foz?.stop();
    folder?.remove();
  });

  test(`has ${kResources} resources, and takes no second look`, async () => {
    const begin = Date.now();
    const first = await run('foz', ['xdm', 'import', '--data', folder.path, library]);
    console.log(`foz xdm import: ${Date.now() - begin} ms`);
    assert.equal(first.code, 0, first.log);
    assert.match(first.out, new RegExp(`: ${kResources} resources\n`));
    assert.doesNotMatch(first.log, /reference/);
    const second = await run('foz', ['xdm', 'import', '--data', folder.path, library]);
    assert.match(second.out, new RegExp(`: ${kResources} resources, all there already\n`));
    for (const [collection, count] of [['classes', 43], ['behaviors', 3]]) {
      const { body } = await api.get(`${registry}/global/${collection}`, form('xed-id'));
      assert.ok(body.results.length >= count, `${body.results.length} ${collection}`);
    }
  });

  test(`${kCombinations} classes with field groups hold the columns of both, and no others`, async () => {
    const classes = componentsOf('classes');
    const pairs = componentsOf('fieldgroups').flatMap((group) => classes.filter((one) => group.intended.includes(one.$id)).map((one) => [one, group]));
    // Every class that has a group once, then the rest in its order.
    const seen = new Set();
    const chosen = [...new Set([...pairs.filter(([one]) => !seen.has(one.$id) && seen.add(one.$id)), ...pairs])].slice(0, kCombinations);
    assert.equal(chosen.length, kCombinations);
    const leaves = async (path) => {
      const { status, body } = await api.get(`${registry}/${path}`, form('xed-full-flat'));
      assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
      return Object.keys(body.properties);
    };
    let columns = 0;
    for (const [i, [one, group]] of chosen.entries()) {
      const what = `${one.$id} with ${group.$id}`;
      const { status, body: schema } = await api.post(`${registry}/tenant/schemas`, { title: `Combination ${i}`, type: 'object', allOf: [{ $ref: one.$id }, { $ref: group.$id }] });
      assert.equal(status, 201, `${what}: ${JSON.stringify(schema)}`);
      const both = [...(await leaves(`global/classes/${encodeURIComponent(one.$id)}`)), ...(await leaves(`global/fieldgroups/${encodeURIComponent(group.$id)}`))];
      const together = await leaves(`tenant/schemas/${encodeURIComponent(schema.$id)}`);
      assert.deepEqual(together, [...new Set(both)].sort(), what);
      assert.ok(together.length > 0, what);
      columns += together.length;
    }
    console.log(`${chosen.length} combinations of ${seen.size} classes, ${columns} columns`);
  });
});
