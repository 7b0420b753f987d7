// Calculated columns change without the record's modification stamp: a flow that wants it sees them all the same, at times of its
// own, and no row lands twice (pain 5).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, dynamicsAuth, finishedRun, hubspotAuth, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const calculated = 'person.name.middleName';
const last = 'person.name.lastName';
const vendors = {
  salesforce: { auth: salesforceAuth, table: 'Contact', own: 'Contact', column: 'Rank__c', plain: 'LastName', mappings: { _id: 'Id', [calculated]: 'Rank__c', [last]: 'LastName' } },
  dynamics: { auth: dynamicsAuth, table: 'account', own: 'account', column: 'revenue_base', plain: 'name', mappings: { _id: 'accountid', [calculated]: 'revenue_base', [last]: 'name' } },
  hubspot: {
    auth: hubspotAuth, table: 'Hubspot.Contacts', own: 'contacts', column: 'num_associated_deals', plain: 'lastname',
    mappings: { _id: 'Vid', [calculated]: 'Properties_Num_Associated_Deals_Value', [last]: 'Properties_Lastname_Value' },
  },
};
const rows = 230;
const calculatedOf = (run) => run.activities.find((activity) => activity.name === 'Copy Activity')?.statusSummary.extensions?.calculated;
/// A grid of minutes whose next tick is `seconds` away, and the flow's own windows a day apart.
const scheduleWithTickIn = (seconds) => ({ startTime: Math.floor(Date.now() / 1000) - 60 + seconds, frequency: 'day', interval: 1 });

for (const [vendor, { auth, table, own, column, plain, mappings }] of Object.entries(vendors)) {
  describe(`calculated columns of ${vendor}`, () => {
    const folder = temporaryFolder();
    let simulator, foz, api;
    before(async () => {
      simulator = await startSimulator(vendor, { rows });
      foz = await startFoz(folder.path, { allow: [simulator.url], env: { FOZ_SCHEDULE_MINUTE_INTERVAL_MIN: '1' } });
      api = await connect(folder.path);
    });
    after(async () => {
      await Promise.all([foz?.stop(), simulator?.stop()]);
      folder.remove();
    });
    const mutate = (from, count, set, more = {}) => simulator.control('mutate', { op: 'update', table: own, from, count, set, ...more });

    test('Pain 5: rows whose calculated columns changed land again, once, as rows of their own kind', async () => {
      const ids = await createFlow(api, { name: 'Refreshed', spec: kSpecs[vendor], auth: auth(simulator), table, mappings, schedule: scheduleWithTickIn(6),
                                          options: { calculatedRefresh: { frequency: 'minute', interval: 1 } } });
      const [first] = await api.finishedRuns(ids.flow, 1);
      assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
      const had = first.metrics.recordSummary.outputRecordCount;
      assert.ok(had >= 50, JSON.stringify(first.metrics.recordSummary));
      assert.equal(calculatedOf(first), undefined);

      const changed = (await mutate(20, 7, { [column]: '777' }, { keepStamp: true })).ids.map(String);
      await pause(1100);
      const stamped = (await mutate(40, 3, { [plain]: 'Renamed', [column]: '888' })).ids.map(String);
      const refresh = await eventually(async () => (await api.finishedRuns(ids.flow, 1)).find(calculatedOf), 'a refresh', 20000);
      assert.equal(refresh.metrics.statusSummary.status, 'success', JSON.stringify(refresh.metrics));
      const { columns, ...counts } = calculatedOf(refresh);
      assert.deepEqual(columns, [mappings[calculated]]);
      assert.deepEqual(counts, { compared: had, changed: 7 }, 'rows that a window is about to bring are left to it');
      const { inputRecordCount, outputRecordCount, skippedRecordCount = 0 } = refresh.metrics.recordSummary;
      assert.equal(outputRecordCount, 7);
      assert.equal(inputRecordCount, outputRecordCount + skippedRecordCount);

      const refreshed = (await landedRows(api, ids.dataset)).filter((row) => row._change_request_type === 'u');
      assert.deepEqual(refreshed.map((row) => row._id).sort(), changed.sort());
      for (const row of refreshed) {
        assert.equal(Number(row.person.name.middleName), 777);
        assert.ok(row.person.name.lastName, 'the row is whole');
      }

      // The next window begins where the last one ended, not where the refresh stood.
      const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
      assert.equal(second.metrics.recordSummary.outputRecordCount, 3, JSON.stringify(second.metrics.recordSummary));
      const landed = await landedRows(api, ids.dataset);
      assert.equal(landed.length, had + 7 + 3, 'no row twice');
      const renamed = landed.filter((row) => row.person?.name?.lastName === 'Renamed');
      assert.deepEqual(renamed.map((row) => [row._id, Number(row.person.name.middleName), row._change_request_type ?? null]).sort(), stamped.map((id) => [id, 888, null]).sort());
    });

    test('a flow that reads them by windows and does not want them refreshed is warned', async () => {
      const ids = await createFlow(api, { name: 'Stale', spec: kSpecs[vendor], auth: auth(simulator), table, mappings, schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 } });
      const body = (options, schedule) => ({
        name: 'Another', flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' }, sourceConnectionIds: [ids.source], targetConnectionIds: [ids.target],
        transformations: [{ name: 'Mapping', params: { mappingId: ids.mapping } }],
        scheduleParams: schedule ?? { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 }, ...(options && { options }),
      });
      const warned = async (options, schedule) => {
        const answer = await api.post(api.flow('/flows'), body(options, schedule));
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
        return (answer.headers.get('x-foz-warning') ?? '').includes('calculated-columns');
      };
      assert.equal(await warned(), true);
      assert.equal(await warned({ calculatedRefresh: { frequency: 'day', interval: 1 } }), false);
      assert.equal(await warned(undefined, { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'once' }), false, 'read once, they are as fresh as can be');

      const unknown = await api.post(api.flow('/flows'), body({ calculatedRefresh: { frequency: 'day', interval: 1, columns: ['NoSuchColumn'] } }));
      assert.equal(unknown.status, 400);
      assert.match(JSON.stringify(unknown.body), /CONNECTOR-1330-400.*NoSuchColumn|NoSuchColumn.*CONNECTOR-1330-400/);
      const once = await api.post(api.flow('/flows'), body({ calculatedRefresh: { frequency: 'day', interval: 1 } }, { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'once' }));
      assert.equal(once.status, 400, JSON.stringify(once.body));
      assert.match(JSON.stringify(once.body), /CONNECTOR-1312-400/);
    });

    test('columns that the vendor does not mark are treated so where the flow names them', async () => {
      const options = { calculatedRefresh: { frequency: 'minute', interval: 1, columns: [mappings[last]] } };
      const ids = await createFlow(api, { name: 'Named', spec: kSpecs[vendor], auth: auth(simulator), table, mappings, schedule: scheduleWithTickIn(5), options });
      await api.finishedRuns(ids.flow, 1);
      const changed = (await mutate(10, 2, { [plain]: 'Recomputed' }, { keepStamp: true })).ids.map(String);
      const refresh = await eventually(async () => (await api.finishedRuns(ids.flow, 1)).find(calculatedOf), 'a refresh', 20000);
      assert.deepEqual(calculatedOf(refresh).columns.sort(), [mappings[calculated], mappings[last]].sort());
      const refreshed = (await landedRows(api, ids.dataset)).filter((row) => row._change_request_type === 'u');
      assert.deepEqual(refreshed.map((row) => [row._id, row.person.name.lastName]).sort(), changed.map((id) => [id, 'Recomputed']).sort());
    });
  });
}
