// From a Dataverse environment to rows in a data set: explored as the tutorials do, complete, then only what changed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createConnection, createFlow, dynamicsAuth, finishedRun, kSpecs, runNow } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const rows = 6200; // two pages of the vendor's

describe('a flow from Dynamics', () => {
  const folder = temporaryFolder();
  let dynamics, foz, api;
  before(async () => {
    dynamics = await startSimulator('dynamics', { rows });
    foz = await startFoz(folder.path, { allow: [dynamics.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), dynamics?.stop()]);
    folder.remove();
  });

  test('the account is explored: tables by label, columns by logical name, rows as a taste', async () => {
    const base = await createConnection(api, 'Environment', kSpecs.dynamics, dynamicsAuth(dynamics));
    const root = await api.get(api.flow(`/connections/${base}/explore?objectType=root`));
    assert.equal(root.status, 200, JSON.stringify(root.body));
    const table = root.body.find((one) => one.path === 'customeropportunityrole');
    assert.deepEqual(table, { type: 'table', name: 'Opportunity Relationship', path: 'customeropportunityrole', canPreview: true, canFetchSchema: true });
    assert.ok(!root.body.some((one) => one.path === 'asyncoperation'), 'private tables are not offered');

    const { status, body } = await api.get(api.flow(`/connections/${base}/explore?objectType=table&object=contact&preview=true`));
    assert.equal(status, 200, JSON.stringify(body));
    const columns = Object.fromEntries(body.schema.columns.map((column) => [column.name, column]));
    assert.equal(columns.modifiedon.xdm.format, 'date-time');
    assert.equal(columns.birthdate.xdm.format, 'date');
    assert.equal(columns.gendercode.type, 'integer');
    assert.ok(columns.parentcustomerid, 'lookups keep their logical names');
    assert.ok(!('_parentcustomerid_value' in columns) && !('gendercode_label' in columns));
    assert.equal(body.data.length > 0, true);
    assert.ok(body.data[0].contactid);
  });

  test('a wrong secret is refused when the account is made, in the words of the vendor', async () => {
    const auth = dynamicsAuth(dynamics);
    auth.params.servicePrincipalKey = 'not-the-secret';
    const { status, body } = await api.post(api.flow('/connections'), { name: 'Wrong', connectionSpec: { id: kSpecs.dynamics, version: '1.0' }, auth });
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), /AADSTS7000215/);
    assert.doesNotMatch(JSON.stringify(body), /not-the-secret/);
  });

  test('a first run takes all, the next ones only what changed', async () => {
    const mappings = {
      _id: 'contactid', 'person.name.firstName': 'firstname', 'person.name.lastName': 'lastname', 'personalEmail.address': 'emailaddress1', 'person.gender': 'iif(gendercode_label == "Male", "male", "female")',
      'homeAddress.city': 'address1_city', 'person.birthDate': 'birthdate',
    };
    mappings['person.gender'] = { sourceType: 'EXPRESSION', source: mappings['person.gender'] };
    const columns = ['contactid', 'firstname', 'lastname', 'emailaddress1', 'gendercode_label', 'address1_city', 'birthdate'];
    const ids = await createFlow(api, { name: 'Contacts', spec: kSpecs.dynamics, auth: dynamicsAuth(dynamics), table: 'Contacts', columns, mappings });
    const [first] = await api.finishedRuns(ids.flow, 1);
    assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
    assert.equal(first.metrics.recordSummary.outputRecordCount, rows);

    const changed = await dynamics.control('mutate', { op: 'update', table: 'contact', count: 9, every: 7, set: { firstname: 'Changed' } });
    await pause(1100); // the vendor's stamps have whole seconds
    const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
    assert.equal(second.metrics.recordSummary.outputRecordCount, 9, JSON.stringify(second.metrics));
    const landed = await landedRows(api, ids.dataset);
    assert.equal(landed.length, rows + 9);
    assert.deepEqual(landed.filter((row) => row.person?.name?.firstName === 'Changed').map((row) => row._id).sort(), changed.ids.sort());
    assert.deepEqual([...new Set(landed.map((row) => row.person?.gender))].sort(), ['female', 'male']);
    assert.ok(landed.some((row) => row.person?.birthDate instanceof Date));
  });

  test('a filter is narrowed at the vendor and decided here', async () => {
    const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'fnApply', fnName: '>=', params: [{ nodeType: 'fieldLookup', fieldName: 'numberofchildren' }, { nodeType: 'literal', value: 5 }] } };
    const mappings = { _id: 'contactid' };
    const ids = await createFlow(api, { name: 'Filtered', spec: kSpecs.dynamics, auth: dynamicsAuth(dynamics), table: 'contact', columns: ['contactid', 'numberofchildren'], mappings, filters });
    const [run] = await api.finishedRuns(ids.flow, 1);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    const { outputRecordCount: landed, inputRecordCount: read } = run.metrics.recordSummary;
    assert.ok(landed > 0 && landed < rows / 2, String(landed));
    assert.ok(read < rows, 'the vendor left rows out');
  });
});
