// The requests and error rows of the contracts, each with its reference, against a server of its own; and every answer
// among them against the API descriptions: Foz's own, and the platform's published ones (FOZ_SHARED/openapi) where they are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { connect } from '../lib/api.mjs';
import { startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';
import { shared } from '../lib/shared.mjs';
import { Description, watcher } from './described.mjs';
import { decided } from './deviations.mjs';
import { catalogRows } from './rows/catalog.mjs';
import { conversionRows } from './rows/conversion.mjs';
import { flowRows } from './rows/flow.mjs';
import { fozRows } from './rows/foz.mjs';
import { gatewayRows } from './rows/gateway.mjs';
import { ingestionRows } from './rows/ingestion.mjs';
import { registryRows } from './rows/registry.mjs';
import { Table } from './rows/table.mjs';

/// Published descriptions, and where their paths begin.
const kPublished = {
  'schema-registry': '/data/foundation/schemaregistry', catalog: '/data/foundation/catalog', 'dataset-service': '/data/foundation/dataset',
  'batch-ingestion': '/data/foundation/import', 'data-access': '/data/foundation/export', sandbox: '/data/foundation', 'access-control': '/data/foundation/access-control',
};
const descriptions = shared('openapi');

/// Operations of the Flow Service and Data Prep that end in no success: not offered (501), refused by the contract, or of a landing zone,
/// which this server has none of. All others must.
const kNeverAnswered = [/landingzone\/credentials/, /encryption\/keys/, /^PUT .*\/runs\/{id}$/, /connectionSpecs\/{id}\/explore$/];

let folder;
let foz;
let simulator;
let api;
let known;
let watch;
const published = {};

before(async () => {
  folder = temporaryFolder();
  simulator = await startSimulator('salesforce', { rows: 30 });
  foz = await startFoz(folder.path, { allow: [simulator.url] });
  api = await connect(folder.path);
  const own = new Description((await api.get('/foz/openapi.json')).body);
  if (descriptions) {
    for (const [name, base] of Object.entries(kPublished)) published[name] = new Description(parse(readFileSync(join(descriptions, `${name}.yaml`), 'utf8')), base);
  }
  watch = watcher(own, ...Object.values(published));
});
after(async () => {
  await foz?.stop();
  await simulator?.stop();
  folder?.remove();
});

for (const [name, rows] of [
  ['Schema Registry', async (table) => (known = await registryRows(table))],
  ['Catalog', async (table) => Object.assign(known, await catalogRows(table, known))],
  ['Ingestion and access', (table) => ingestionRows(table, known)],
  ['Flow Service', async (table) => Object.assign(known, await flowRows(table, { ...known, simulator }))],
  ['Data Prep', (table) => conversionRows(table, known)],
  ["Foz's own routes", (table) => fozRows(table, known)],
  ['Gateway and sandboxes', (table) => gatewayRows(table, folder.path)],
]) {
  test(`rows of the contract: ${name}`, async () => {
    const table = new Table(api, name, watch);
    await rows(table);
    table.end();
  });
}

test("every answer is as Foz's own description has it", () => {
  const { wrong, description } = watch.kept[0];
  const counts = {}, unseen = [];
  for (const { name, operation } of description.operations) {
    const count = (counts[operation.tags[0]] ??= { answered: 0, of: 0 });
    count.of += 1;
    if (description.seen.has(name)) count.answered += 1;
    else unseen.push(name);
  }
  for (const [service, { answered, of }] of Object.entries(counts)) console.log(`own description, ${service}: ${answered} of ${of} operations answered with success`);
  assert.deepEqual([...wrong.keys()], []);
  const whole = /\/(flowservice|connectors|conversion)\//;
  assert.deepEqual(unseen.filter((name) => whole.test(name) && !kNeverAnswered.some((one) => one.test(name))), []);
  assert.ok(description.seen.size > 190, `${description.seen.size} operations`);
});

for (const name of Object.keys(kPublished)) {
  test(`answers against the published description: ${name}`, { skip: descriptions ? false : 'FOZ_SHARED/openapi is not there' }, () => {
    const { wrong, description } = watch.kept.find((one) => one.description === published[name]);
    const used = new Set();
    const open = [...wrong.keys()].filter((text) => {
      const decision = decided(name).find((one) => one.where.test(text));
      if (decision) used.add(decision);
      return !decision;
    });
    const idle = decided(name).filter((one) => !one.unseen && !used.has(one)).map((one) => String(one.where));
    const unseen = description.operations.map((one) => one.name).filter((operation) => !description.seen.has(operation) && !decided(name).some((one) => one.unseen?.test(operation)));
    console.log(`${name}: ${description.seen.size} of ${description.operations.length} operations answered with success, ${wrong.size - open.length} deviations decided by the contract`);
    assert.deepEqual({ open, idle, unseen }, { open: [], idle: [], unseen: [] });
  });
}
