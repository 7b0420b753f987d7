// F40 at CI size: seeded requests made from Foz's own description, sensible and senseless; every answer is described, none is a
// 5xx, none hangs. `make interop` runs a foreign program over the same description.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { ingest, jsonLines, peopleDataset, person } from '../lib/batches.mjs';
import { startFoz, temporaryFolder } from '../lib/processes.mjs';
import { Description } from './described.mjs';

const kSeed = Number(process.env.FOZ_FUZZ_SEED ?? 1);
const kEach = Number(process.env.FOZ_FUZZ_EXAMPLES ?? 8);
const kAnswerMs = 20000;
const kAccepts = ['application/vnd.adobe.xed+json; version=1', 'application/vnd.adobe.xed-full+json; version=1', 'application/vnd.adobe.xdm-id+json', 'application/json', '*/*', 'application/vnd.adobe.xed-full-flat+json;version=99', ';;;'];
const kTexts = ['', 'a', '0', '-1', '1e999', 'null', '*', '%', '%2e%2e%2f', "' OR 1=1 --", '\u0000', '\ud83d\ude00', 'ä'.repeat(300), 'x'.repeat(1500), '<script>', '${jndi:x}', '{{x}}', '@/dataSets/x', 'asc:created', 'name~[', 'a==b,c==d', '==', '../..'];

/// mulberry32: small, seeded, good enough to choose with.
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Maker {
  constructor(document, seed, known) {
    Object.assign(this, { document, random: chance(seed), known });
  }
  pick = (list) => list[Math.floor(this.random() * list.length)];
  odds = (share) => this.random() < share;
  text = () => (this.odds(0.5) ? this.pick(this.known) : this.pick(kTexts));

  /// A value of a schema, or something else.
  value(schema, depth = 0) {
    if (depth > 6 || this.odds(0.08)) return this.pick([null, 1, -1.5, true, 'x', [], {}, [[]], { a: { b: [1] } }, 2 ** 60]);
    if (schema?.$ref) return this.value(schema.$ref.split('/').slice(1).reduce((node, step) => node[step], this.document), depth);
    if (schema?.anyOf) return this.value(this.pick(schema.anyOf), depth);
    if (schema?.enum && this.odds(0.8)) return this.pick(schema.enum);
    switch (schema?.type) {
      case 'object': {
        const required = schema.required ?? [];
        const members = Object.entries(schema.properties ?? {}).filter(([name]) => (required.includes(name) ? this.odds(0.95) : this.odds(0.4)));
        return Object.fromEntries([...members.map(([name, inner]) => [name, this.value(inner, depth + 1)]), ...(this.odds(0.1) ? [[this.text(), this.text()]] : [])]);
      }
      case 'array': return Array.from({ length: Math.floor(this.random() * 3) }, () => this.value(schema.items, depth + 1));
      case 'integer': return this.pick([0, 1, -1, 20, 101, 2 ** 53]);
      case 'number': return this.pick([0, 0.5, 5, 101, -1]);
      case 'boolean': return this.odds(0.5);
      case 'string': return this.text();
      default: return this.pick([{}, [], 'x', 1]);
    }
  }

  request({ verb, path, operation }) {
    const query = new URLSearchParams();
    const headers = { Accept: this.pick(kAccepts) };
    let address = path;
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(this.text().toWellFormed?.() ?? 'x') || 'x');
      if (parameter.in === 'query' && this.odds(0.4)) query.append(parameter.name, this.odds(0.6) && parameter.schema.type === 'integer' ? this.pick(['0', '1', '20', '101']) : this.text());
    }
    const content = operation.requestBody?.content ?? {};
    let body;
    if (content['application/json']) body = this.odds(0.05) ? '{"a": ' : JSON.stringify(this.value(content['application/json'].schema));
    else if (Object.keys(content).length > 0) {
      body = this.pick(['', '{}', 'a,b\n1,2\n', '{"a":1}\n{"a":2}\n', 'PAR1', '\u0000\u0001', '[[[[']);
      headers['Content-Type'] = this.pick(['application/octet-stream', 'text/csv', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'image/png']);
    }
    if (verb === 'GET' || verb === 'HEAD') body = undefined;
    const text = query.toString();
    return { method: verb, path: text ? `${address}?${text}` : address, body, headers };
  }
}

let folder, foz, api;
before(async () => {
  folder = temporaryFolder();
  foz = await startFoz(folder.path, { env: { FOZ_LOG_LEVEL: 'off' } });
  api = await connect(folder.path);
});
after(async () => {
  await foz?.stop();
  folder?.remove();
});

test(`requests made from the description, seed ${kSeed}`, async () => {
  const dataset = await peopleDataset(api);
  const batch = await ingest(api, dataset, { rows: jsonLines([person(1)]) });
  const { body: schemas } = await api.get('/data/foundation/schemaregistry/tenant/schemas', { Accept: kAccepts[2] });
  const known = [dataset, batch.id, `${batch.id}-1`, 'prod', schemas.results[0].$id, schemas.results[0]['meta:altId'], 'https://ns.adobe.com/xdm/context/profile', '_xdm.context.profile', 'part-00000.parquet', 'json', 'COMPLETE', 'INITIALIZE', 'People', 'title', 'created', 'draft', 'root', 'publish', 'CRMToAEP', 'cfc0fee1-7dc0-40ef-b73e-d8b134c436f5', 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', '14518937-270c-4525-bdec-c2ba7cce3860'];
  const { body: document } = await api.get('/foz/openapi.json');
  const description = new Description(document);
  const maker = new Maker(document, kSeed, known);
  const wrong = new Map(), statuses = {};
  let requests = 0;
  for (let round = 0; round < kEach; ++round) {
    for (const operation of description.operations) {
      // The sandbox and the rows that the others are made with stay.
      if (operation.verb === 'DELETE' && /sandboxes|dataSets|datasets/.test(operation.path) && round + 1 < kEach) continue;
      const { method, path, body, headers } = maker.request(operation);
      const what = `${method} ${path} ${body ?? ''}`;
      const answer = await Promise.race([api.call(method, path, body, headers), new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), kAnswerMs).unref())])
        .catch((error) => ({ status: 0, body: error.cause?.message ?? error.message, headers: new Map() }));
      requests += 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status === 0 || (answer.status >= 500 && answer.status !== 501)) wrong.set(`${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`, what.slice(0, 600));
      else for (const text of description.wrong(method, path, answer) ?? []) wrong.set(text, what.slice(0, 600));
    }
  }
  console.log(`${requests} requests to ${description.operations.length} operations: ${Object.entries(statuses).map(([status, count]) => `${count} x ${status}`).join(', ')}`);
  assert.deepEqual(Object.fromEntries(wrong), {});
  assert.ok(statuses[200] > requests / 20, 'too few of the requests get far');
  assert.equal((await api.get('/foz/health')).status, 200);
});
