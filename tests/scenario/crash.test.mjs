// Killed at every named point, and at any moment: after the next start every row is there, once.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, hubspotAuth, kSpecs } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const kRows = 2500;
const kMappings = { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value', 'personalEmail.address': 'Properties_Email_Value' };

/// The points of docs/crash-points.md: every row of its table begins with one.
export const crashPoints = () =>
  [...readFileSync(new URL('../../docs/crash-points.md', import.meta.url), 'utf8').matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, name]) => name);

describe('after a crash', () => {
  let hubspot;
  before(async () => {
    hubspot = await startSimulator('hubspot', { rows: kRows });
  });
  after(() => hubspot?.stop());

  const env = (point) => ({ FOZ_CRASH_AT: point });
  const lastCall = async () => (await hubspot.control('journal?limit=1')).last;
  /// Pages of the list that were asked for behind a call.
  async function pagesAsked(since) {
    const { entries } = await hubspot.control(`journal?since=${since}&limit=100000&path=/crm/v3/objects/contacts`);
    return entries.filter((entry) => entry.method === 'GET').length;
  }

  /// Makes the flow on a server that dies when told so, starts another one on the same data, and checks what landed.
  async function check(point, kill) {
    const folder = temporaryFolder();
    let foz;
    try {
      foz = await startFoz(folder.path, { allow: [hubspot.url], env: point ? env(point) : {} });
      const api = await connect(folder.path);
      const begun = await lastCall();
      const ids = await createFlow(api, { name: 'Crash', spec: kSpecs.hubspot, auth: hubspotAuth(hubspot), table: 'Hubspot.Contacts', mappings: kMappings }).catch((error) => ({ error }));
      if (kill) await kill(foz);
      const { signal } = await Promise.race([foz.exited, pause(20000).then(() => ({ signal: 'none' }))]);
      assert.equal(signal, 'SIGKILL', `${point}: the point was never reached`);
      await checkRecovery(folder.path, point, ids.dataset, begun, (server) => (foz = server));
    } finally {
      await foz?.stop('SIGKILL');
      folder.remove();
    }
  }

  async function checkRecovery(data, point, dataset, begun, started) {
    const restart = Date.now();
    const foz = await startFoz(data, { allow: [hubspot.url] });
    started(foz);
    const api = await connect(data);
    const { body } = await api.get(api.flow('/flows'));
    assert.equal(body.items.length, 1, `${point}: the flow is there`);
    const [run] = await api.finishedRuns(body.items[0].id, 1);
    assert.equal(run.metrics.statusSummary.status, 'success', `${point}: ${JSON.stringify(run.metrics)}`);
    assert.ok(Date.now() - restart < 15000, `${point}: it took ${Date.now() - restart} ms to go on and end`);
    const keys = (await landedRows(api, dataset ?? (await datasetOf(api, body.items[0])))).map((row) => row._id);
    assert.equal(new Set(keys).size, kRows, `${point}: rows lost`);
    assert.equal(keys.length, kRows, `${point}: rows doubled`);
    const pages = await pagesAsked(begun);
    assert.ok(pages <= kRows / 100 + 1, `${point}: ${pages} pages were asked for, one more than needed at the most`);
    assert.equal((await api.runs(body.items[0].id)).length, 1, `${point}: one run, that went on`);
  }

  async function datasetOf(api, flow) {
    const { body } = await api.get(api.flow(`/targetConnections/${flow.targetConnectionIds[0]}`));
    return body.items[0].params.dataSetId;
  }

  for (const point of crashPoints()) {
    test(`at ${point}`, () => check(point));
  }

  test('at a random moment of a run', async () => {
    for (let i = 0; i < 6; ++i) {
      const wait = Math.floor(Math.random() * 250);
      await check('', async (foz) => {
        await pause(wait);
        foz.child.kill('SIGKILL');
      });
    }
  });

  test('asked to end, a server checkpoints in time and the next one goes on', async () => {
    const folder = temporaryFolder();
    await hubspot.control('faults', { rules: [{ kind: 'latency', path: '/crm/*', latencyMs: 120 }] });
    let foz;
    try {
      foz = await startFoz(folder.path, { allow: [hubspot.url] });
      let api = await connect(folder.path);
      const ids = await createFlow(api, { name: 'Stop', spec: kSpecs.hubspot, auth: hubspotAuth(hubspot), table: 'Hubspot.Contacts', mappings: kMappings });
      await pause(900);
      const begun = Date.now();
      const { code } = await foz.stop('SIGTERM');
      assert.equal(code, 0);
      assert.ok(Date.now() - begun < 10000, `it took ${Date.now() - begun} ms`);
      await hubspot.control('faults', { clear: true });
      foz = await startFoz(folder.path, { allow: [hubspot.url] });
      api = await connect(folder.path);
      const [run] = await api.finishedRuns(ids.flow, 1);
      assert.equal(run.metrics.statusSummary.status, 'success');
      const keys = (await landedRows(api, ids.dataset)).map((row) => row._id);
      assert.deepEqual([new Set(keys).size, keys.length], [kRows, kRows]);
    } finally {
      await foz?.stop('SIGKILL');
      folder.remove();
    }
  });
});
