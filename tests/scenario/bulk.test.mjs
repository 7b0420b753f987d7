// Large Salesforce objects through bulk jobs: complete, nothing left behind at the vendor, trouble on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

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
