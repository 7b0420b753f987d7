// What people get wrong: each answer names what, where and what to do, and nothing half-made stays behind.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createConnection, createDataset, createFlow, createMapping, finishedRun, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

describe('mistakes', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api, base;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 120 });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
    base = await createConnection(api, 'Account', kSpecs.salesforce, salesforceAuth(salesforce));
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  const list = async (collection) => (await api.get(api.flow(`/${collection}?limit=1000`))).body.items;
  const messageOf = (answer) => answer.body.report?.['detailed-message'] ?? JSON.stringify(answer.body);

  test('wrong credentials: the vendor\'s words, no connection, no secret', async () => {
    const auth = salesforceAuth(salesforce);
    auth.params.clientSecret = 'not-the-secret-7291';
    const count = (await list('connections')).length;
    const answer = await api.post(api.flow('/connections'), { name: 'Wrong', connectionSpec: { id: kSpecs.salesforce, version: '1.0' }, auth });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(answer.body.type, /FLOW-1100-400/);
    assert.equal(answer.body.report['provider-code'], 'CONNECTOR-1308-400');
    assert.match(messageOf(answer), /client/i);
    assert.doesNotMatch(JSON.stringify(answer.body), /7291/);
    assert.equal((await list('connections')).length, count);
  });

  test('a host that nobody allowed gets no secret', async () => {
    const auth = salesforceAuth(salesforce);
    auth.params.environmentUrl = 'http://127.0.0.1:9';
    const answer = await api.post(api.flow('/connections'), { name: 'Elsewhere', connectionSpec: { id: kSpecs.salesforce, version: '1.0' }, auth });
    assert.equal(answer.status, 400);
    assert.match(messageOf(answer), /sources\.allow/);
  });

  async function refusedFlow(change) {
    const { schema, dataset } = await createDataset(api, `Refused ${Math.random()}`);
    const parts = { table: 'Contact', columns: undefined, mappings: { _id: 'Id' }, ...change };
    const mapping = await createMapping(api, schema, parts.mappings);
    const params = { tableName: parts.table, ...(parts.columns && { columns: parts.columns.map((name) => ({ name })) }) };
    const source = (await api.post(api.flow('/sourceConnections'), { name: 'Refused', baseConnectionId: base, params })).body.id;
    const target = (await api.post(api.flow('/targetConnections'), { name: 'Refused', params: { dataSetId: dataset } })).body.id;
    const count = (await list('flows')).length;
    const answer = await api.post(api.flow('/flows'), {
      name: 'Refused', flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' }, sourceConnectionIds: [source], targetConnectionIds: [target],
      transformations: [{ name: 'Mapping', params: { mappingId: mapping } }], scheduleParams: { startTime: '1567411548', frequency: 'minute', interval: '30' }, ...change.flow,
    });
    assert.equal((await list('flows')).length, count, 'no flow is left behind');
    return answer;
  }

  test('an unknown table: the nearest names', async () => {
    const answer = await refusedFlow({ table: 'Contcat' });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(JSON.stringify(answer.body), /CONNECTOR-1330-400/);
    assert.match(messageOf(answer), /Contact\b/);
  });

  test('an unknown column: the nearest names', async () => {
    const answer = await refusedFlow({ columns: ['Id', 'frist_name'] });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(messageOf(answer), /FirstName/);
  });

  test('a mapping to a path that the schema lacks', async () => {
    const answer = await refusedFlow({ mappings: { _id: 'Id', 'person.name.fristName': 'FirstName' } });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.report.errors[0].code, 'CONV-1007-400');
    assert.match(JSON.stringify(answer.body), /person\.name\.fristName/);
    assert.match(JSON.stringify(answer.body), /firstName/);
  });

  test('a mapping from a column that is not read', async () => {
    const answer = await refusedFlow({ columns: ['Id'], mappings: { _id: 'Id', 'person.name.firstName': 'FirstName' } });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.report.errors[0].code, 'CONNECTOR-1330-400');
  });

  test('broken JSON: line and column', async () => {
    const answer = await api.post(api.flow('/connections'), '{\n  "name": "x",\n  "connectionSpec": {"id" "y"}\n}');
    assert.equal(answer.status, 400);
    assert.match(answer.body.type, /FLOW-1405-400/);
    assert.match(messageOf(answer), /\b3:\d+\b/);
  });

  test('a stale If-Match', async () => {
    const before = (await api.get(api.flow(`/connections/${base}`))).body.items[0];
    const change = [{ op: 'replace', path: '/description', value: 'one' }];
    assert.equal((await api.patch(api.flow(`/connections/${base}`), change, { 'If-Match': before.etag })).status, 200);
    const answer = await api.patch(api.flow(`/connections/${base}`), [{ op: 'replace', path: '/description', value: 'two' }], { 'If-Match': before.etag });
    assert.equal(answer.status, 412);
    assert.match(answer.body.type, /FLOW-1404-412/);
    assert.equal((await api.get(api.flow(`/connections/${base}`))).body.items[0].description, 'one');
  });

  test('a vendor that is down: 503, and no flow', async () => {
    await salesforce.control('faults', { rules: [{ kind: 'status', path: '/services/*', status: 503, times: 100 }] });
    try {
      const answer = await refusedFlow({});
      assert.equal(answer.status, 503, JSON.stringify(answer.body));
      assert.match(answer.body.type, /FLOW-1103-503/);
    } finally {
      await salesforce.control('faults', { clear: true });
    }
  });

  test('a run whose table went away names it, and the next one after it came back lands', async () => {
    const ids = await createFlow(api, { name: 'Column gone', base, table: 'Contact', columns: ['Id', 'LastName'], mappings: { _id: 'Id', 'person.name.lastName': 'LastName' } });
    await api.finishedRuns(ids.flow, 1);
    await salesforce.control('mutate', { op: 'hideColumn', table: 'Contact', column: 'LastName' });
    const run = await finishedRun(api, await runNow(api, ids.flow, { windowStartTime: 1, windowEndTime: Math.floor(Date.now() / 1000), deltaColumn: { name: 'SystemModstamp' } }), eventually);
    assert.equal(run.metrics.statusSummary.status, 'failed');
    assert.equal(run.metrics.statusSummary.errors[0].code, 'CONNECTOR-1001-500');
    assert.match(run.metrics.statusSummary.errors[0].message, /LastName/);
    assert.match(run.metrics.statusSummary.errors[0].message, /field-level security/i);
    await salesforce.control('mutate', { op: 'showColumn', table: 'Contact', column: 'LastName' });
    const again = await finishedRun(api, await runNow(api, ids.flow, { windowStartTime: 1, windowEndTime: Math.floor(Date.now() / 1000), deltaColumn: { name: 'SystemModstamp' } }), eventually);
    assert.equal(again.metrics.statusSummary.status, 'success', JSON.stringify(again.metrics));
    assert.equal((await landedRows(api, ids.dataset)).length, 240);
  });
});
