// What is gone at the source, told by a flow that wants it: feeds, and keys compared (pains 4 and 18).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, dynamicsAuth, finishedRun, hubspotAuth, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { fieldIds, landedFiles, landedRows } from '../lib/parquet.mjs';
import { eventually, pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const vendors = {
  salesforce: { auth: salesforceAuth, table: 'Contact', own: 'Contact', mappings: { _id: 'Id', 'person.name.lastName': 'LastName' }, method: /^deleted feed/ },
  dynamics: { auth: dynamicsAuth, table: 'contact', own: 'contact', mappings: { _id: 'contactid', 'person.name.lastName': 'lastname' }, method: /^change tracking/ },
  hubspot: { auth: hubspotAuth, table: 'Hubspot.Contacts', own: 'contacts', mappings: { _id: 'Vid', 'person.name.lastName': 'Properties_Lastname_Value' }, method: /^archived list/ },
};
const rows = 230;

for (const [vendor, { auth, table, own, mappings, method }] of Object.entries(vendors)) {
  describe(`removed records of ${vendor}`, () => {
    const folder = temporaryFolder();
    let simulator, foz, api;
    before(async () => {
      simulator = await startSimulator(vendor, { rows });
      foz = await startFoz(folder.path, { allow: [simulator.url] });
      api = await connect(folder.path);
    });
    after(async () => {
      await Promise.all([foz?.stop(), simulator?.stop()]);
      folder.remove();
    });

    const deletesOf = (run) => run.activities.find((activity) => activity.name === 'Copy Activity').statusSummary.extensions?.deletes;
    const removedIn = (landed) => landed.filter((row) => row._change_request_type === 'd');
    const mutate = (op, from, count) => simulator.control('mutate', { op, table: own, from, count });

    // Salesforce tells removals by whole minutes: its feed is tested where clocks leap (deleted_feed, conformance).
    test('come from the feed as rows that hold the key alone, and the run says by what method and how late', { skip: vendor === 'salesforce' }, async () => {
      const ids = await createFlow(api, { name: 'Feed', spec: kSpecs[vendor], auth: auth(simulator), table, mappings, options: { deletes: true } });
      const [first] = await api.finishedRuns(ids.flow, 1);
      assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
      assert.equal(first.metrics.recordSummary.outputRecordCount, rows);
      assert.match(deletesOf(first).method, method);

      const gone = (await mutate('delete', 10, 3)).ids.map(String);
      await pause(1100);
      const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
      assert.equal(second.metrics.statusSummary.status, 'success', JSON.stringify(second.metrics));
      const { removed, latenessSeconds } = deletesOf(second);
      assert.equal(removed, 3, JSON.stringify(second.activities[0].statusSummary));
      assert.ok(latenessSeconds > 0);
      const landed = await landedRows(api, ids.dataset);
      assert.deepEqual(removedIn(landed).map((row) => row._id).sort(), gone.sort());
      for (const row of removedIn(landed)) assert.deepEqual(Object.entries(row).filter(([, value]) => value != null).map(([name]) => name).sort(), ['_change_request_type', '_id']);
      assert.equal(landed.filter((row) => row._change_request_type == null).length, rows, 'nothing is removed from the data set');

      const third = await finishedRun(api, await runNow(api, ids.flow), eventually);
      assert.equal(deletesOf(third).removed, 0, 'a removal is told once');

      const [file] = await landedFiles(api, ids.dataset);
      assert.equal(fieldIds(await api.bytes(file.href))._change_request_type, 2000000001, 'a reserved field id');
      const { body: schema } = await api.get(`/data/foundation/schemaregistry/tenant/schemas/${encodeURIComponent(ids.schema)}`, { Accept: 'application/vnd.adobe.xed-full+json; version=1' });
      assert.doesNotMatch(JSON.stringify(schema), /_change_request_type/, 'the schema does not know the column');
    });

    test('are found by comparing keys when a flow begins to want them, and where nothing tells', async () => {
      const ids = await createFlow(api, { name: 'Compared', spec: kSpecs[vendor], auth: auth(simulator), table, mappings });
      const [first] = await api.finishedRuns(ids.flow, 1);
      const had = first.metrics.recordSummary.outputRecordCount;
      const gone = (await mutate('purge', 50, 4)).ids.map(String);
      await pause(1100);
      const { body: flow } = await api.get(api.flow(`/flows/${ids.flow}`));
      const patched = await api.patch(api.flow(`/flows/${ids.flow}`), [{ op: 'add', path: '/options', value: { deletes: true } }], { 'If-Match': flow.items[0].etag, 'Content-Type': 'application/json-patch+json' });
      assert.equal(patched.status, 200, JSON.stringify(patched.body));
      const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
      assert.equal(second.metrics.statusSummary.status, 'success', JSON.stringify(second.metrics));
      assert.equal(deletesOf(second).keysCompared, true);
      const landed = await landedRows(api, ids.dataset);
      assert.deepEqual(removedIn(landed).map((row) => row._id).sort(), gone.sort());
      assert.equal(landed.filter((row) => row._change_request_type == null).length, had);
    });

    test('need the key in the data set, and the run says so', async () => {
      const ids = await createFlow(api, { name: 'Keyless', spec: kSpecs[vendor], auth: auth(simulator), table, mappings: { 'person.name.lastName': mappings['person.name.lastName'] }, options: { deletes: true } });
      const [run] = await api.finishedRuns(ids.flow, 1);
      assert.equal(run.metrics.statusSummary.status, 'failed');
      assert.match(run.metrics.statusSummary.errors[0].message, /options\.deletes needs the table's key in the data set/);
    });
  });
}
