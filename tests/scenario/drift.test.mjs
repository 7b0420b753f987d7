// A table that changes under a flow: what each policy makes of it (pain 7).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, finishedRun, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

describe('a table that changes', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 60 });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  const driftOf = (run) => run.activities.find((activity) => activity.name === 'Copy Activity').statusSummary.extensions?.drift;
  async function flow(name, options) {
    await salesforce.control('reset', {});
    const ids = await createFlow(api, {
      name, spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact', options,
      mappings: { _id: 'Id', 'person.name.lastName': 'LastName', 'homeAddress.city': 'MailingCity' },
    });
    const [first] = await api.finishedRuns(ids.flow, 1);
    assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
    assert.equal(driftOf(first), undefined);
    return ids;
  }
  const column = (op, name, more = {}) => salesforce.control('mutate', { op, table: 'Contact', column: name, ...more });
  async function again(ids) {
    await salesforce.control('mutate', { op: 'update', table: 'Contact', count: 5, set: { LastName: 'Again' } });
    await pause(1100); // the vendor's stamps have whole seconds
    return finishedRun(api, await runNow(api, ids.flow), eventually);
  }

  test('without a policy a new column is told, and one that is gone fails the run by name', async () => {
    const ids = await flow('None');
    await column('addColumn', 'Shoe_Size__c', { kind: 'integer' });
    const told = await again(ids);
    assert.equal(told.metrics.statusSummary.status, 'success', JSON.stringify(told.metrics));
    assert.deepEqual(driftOf(told), { policy: 'none', added: ['Shoe_Size__c'] });
    assert.equal(driftOf(await again(ids)), undefined, 'told once');
    await column('hideColumn', 'MailingCity');
    const failed = await again(ids);
    assert.equal(failed.metrics.statusSummary.status, 'failed');
    assert.match(failed.metrics.statusSummary.errors[0].message, /MailingCity/);
  });

  test('evolve reads a missing column as null for some runs, then fails', async () => {
    const ids = await flow('Evolve', { drift: 'evolve', driftTolerance: 1 });
    await column('hideColumn', 'MailingCity');
    const tolerated = await again(ids);
    assert.equal(tolerated.metrics.statusSummary.status, 'success', JSON.stringify(tolerated.metrics));
    assert.deepEqual(driftOf(tolerated).gone, ['MailingCity']);
    const renewed = (await landedRows(api, ids.dataset)).filter((row) => row.person.name.lastName === 'Again');
    assert.equal(renewed.length, 5);
    assert.ok(renewed.every((row) => row.homeAddress?.city == null));
    const failed = await again(ids);
    assert.equal(failed.metrics.statusSummary.status, 'failed');
    assert.match(failed.metrics.statusSummary.errors[0].message, /MailingCity has been gone for 1 runs/);
    await column('showColumn', 'MailingCity');
    assert.equal((await again(ids)).metrics.statusSummary.status, 'success');
  });

  test('freeze reads nothing of a table that changed', async () => {
    const ids = await flow('Freeze', { drift: 'freeze' });
    await column('addColumn', 'Hat_Size__c', { kind: 'integer' });
    const failed = await again(ids);
    assert.equal(failed.metrics.statusSummary.status, 'failed');
    assert.match(failed.metrics.statusSummary.errors[0].message, /new: Hat_Size__c.*freeze/);
  });

  test('quarantine rejects rows whose values are not of their type any more, with diagnostics', async () => {
    await salesforce.control('reset', {});
    await column('addColumn', 'Loyalty_Rank__c', { kind: 'integer' });
    const ids = await createFlow(api, {
      name: 'Quarantine', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact',
      mappings: { _id: 'Id', 'person.name.lastName': 'LastName', 'person.birthYear': 'Loyalty_Rank__c' },
      options: { drift: 'quarantine', partialIngestionPercent: 100, errorDiagnosticsEnabled: true },
    });
    const [first] = await api.finishedRuns(ids.flow, 1);
    assert.ok(['success', 'partialSuccess'].includes(first.metrics.statusSummary.status), JSON.stringify(first.metrics));
    await column('changeType', 'Loyalty_Rank__c', { kind: 'text' });
    const run = await again(ids);
    assert.equal(run.metrics.statusSummary.status, 'partialSuccess', JSON.stringify(run.metrics));
    assert.equal(run.metrics.recordSummary.failedRecordCount, 5);
    assert.match(JSON.stringify(driftOf(run)), /Loyalty_Rank__c: int32, now string/);
    assert.match(JSON.stringify(run.activities), /DPMAP-3101-400/);
  });
});
