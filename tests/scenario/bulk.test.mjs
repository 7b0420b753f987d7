// Large Salesforce objects through bulk jobs: complete, nothing left behind at the vendor, trouble on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const rows = 60_000;
const mappings = { _id: 'Id', 'person.name.firstName': 'FirstName', 'person.name.lastName': 'LastName' };

describe('a large object', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  async function land(name) {
    const ids = await createFlow(api, { name, spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact', mappings });
    const [run] = await api.finishedRuns(ids.flow, 1);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    assert.equal(run.metrics.recordSummary.outputRecordCount, rows);
    return landedRows(api, ids.dataset);
  }

  const byKey = (landed) => new Map(landed.map((row) => [row._id, JSON.stringify(row.person)]));

  test('lands whole through a bulk job, with the values that REST gives', async () => {
    const landed = byKey(await land('Bulk'));
    assert.equal(landed.size, rows);
    const journal = await salesforce.control('journal?path=*/jobs/query*');
    assert.ok(journal.entries.length >= 4, 'a job was made, looked after, read and removed');
    assert.equal((await salesforce.control('counters')).vendor.jobs, 0, 'no job is left behind');

    await salesforce.control('settings', { dailyBulkQueryJobs: 0 });
    const plain = byKey(await land('REST'));
    assert.deepEqual(plain, landed);
  });
});

// 2019-01 to 2024-06, as the simulator makes its rows.
const months = 66;

test('an object too large to be counted is read month by month, four jobs at once; a killed process reads no finished month again', async (t) => {
  const folder = temporaryFolder();
  const salesforce = await startSimulator('salesforce', { rows: 20_000 });
  await salesforce.control('settings', { queryTimeoutRows: 5000 });
  await salesforce.control('faults', { rules: [{ kind: 'latency', latencyMs: 40, path: '*/jobs/query*' }] });
  let foz = await startFoz(folder.path, { allow: [salesforce.url] });
  t.after(async () => {
    await Promise.all([foz.stop('SIGKILL'), salesforce.stop()]);
    folder.remove();
  });
  const ids = await createFlow(await connect(folder.path), { name: 'Months', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact', mappings });
  const calls = async () => (await salesforce.control('journal?path=*/jobs/query*&limit=10000')).entries;
  const count = async (method) => (await calls()).filter((call) => call.method === method).length;
  await eventually(async () => (await count('DELETE')) >= 12, 'some months are read');
  await foz.stop('SIGKILL');
  foz = await startFoz(folder.path, { allow: [salesforce.url] });
  const api = await connect(folder.path);
  const [run] = await api.finishedRuns(ids.flow, 1);
  assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
  assert.equal(run.metrics.recordSummary.outputRecordCount, 20_000);
  const landed = await landedRows(api, ids.dataset);
  assert.equal(new Set(landed.map((row) => row._id)).size, 20_000);
  assert.equal(landed.length, 20_000);
  const made = await count('POST');
  assert.ok(made >= months && made <= months + 4, `${made} jobs: at most those that were being asked for are asked for again`);
  const open = new Map();
  let most = 0;
  for (const call of await calls()) {
    const [, job] = /jobs\/query\/(\w+)/.exec(call.path) ?? [];
    if (call.method === 'DELETE') open.delete(job);
    else if (job) open.set(job, true);
    most = Math.max(most, open.size);
  }
  assert.ok(most > 1 && most <= 8, `${most} jobs side by side: four at work, and those whose results are read`);
  const left = (await salesforce.control('counters')).vendor.jobs;
  assert.equal(left, made - months, 'nothing is left behind but what the dead process had just asked for');
});
