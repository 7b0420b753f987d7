// From a source to rows in a data set: complete, then only what changed, and nothing when nothing is asked for.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, finishedRun, hubspotAuth, kSpecs, readCsv, runNow, salesforceAuth } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, pause, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const shared = process.env.FOZ_SHARED ?? new URL('../../../shared', import.meta.url).pathname;
const profiles = join(shared, 'data/CRM_profiles.csv');

describe('a flow from Salesforce', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 2300 });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  test('a first run takes all, the next ones only what changed', async () => {
    const ids = await createFlow(api, { name: 'Changes', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact' });
    const [first] = await api.finishedRuns(ids.flow, 1);
    assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
    assert.equal(first.metrics.recordSummary.outputRecordCount, 2300);

    const changed = await salesforce.control('mutate', { op: 'update', table: 'Contact', count: 7, every: 3, set: { Email: 'changed@example.org' } });
    assert.equal(changed.changed, 7);
    await pause(1100); // the vendor's stamps have whole seconds
    const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
    assert.equal(second.metrics.recordSummary.outputRecordCount, 7, JSON.stringify(second.metrics));
    const rows = await landedRows(api, ids.dataset);
    assert.equal(rows.length, 2307);
    const again = rows.filter((row) => row.personalEmail?.address === 'changed@example.org').map((row) => row._id);
    assert.deepEqual(again.sort(), changed.ids.sort());

    await pause(1100);
    const third = await finishedRun(api, await runNow(api, ids.flow), eventually);
    assert.equal(third.metrics.statusSummary.status, 'success');
    const { inputRecordCount, outputRecordCount, skippedRecordCount } = third.metrics.recordSummary;
    assert.equal(outputRecordCount, 0, 'nothing changed, nothing lands');
    assert.equal(inputRecordCount, skippedRecordCount, 'what the look-back brings again is skipped');
    assert.equal((await landedRows(api, ids.dataset)).length, 2307);
  });

  test('a disabled flow runs nothing, and says so', async () => {
    const start = Math.floor(Date.now() / 1000) + 3;
    const ids = await createFlow(api, { name: 'Disabled', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Account', mappings: { _id: 'Id' }, schedule: { startTime: start, frequency: 'day', interval: 1 } });
    assert.equal((await api.post(api.flow(`/flows/${ids.flow}/action?op=disable`))).status, 200);
    const refused = await api.post(api.flow('/runs'), { flowId: ids.flow });
    assert.equal(refused.status, 400);
    assert.match(refused.body.type, /FLOW-1444-400/);
    await pause((start + 1) * 1000 - Date.now());
    assert.deepEqual(await api.runs(ids.flow), [], 'its time has passed');
  });

  test('rows that break the schema are counted, kept with their reasons, and decide by the threshold', async () => {
    // Countries of the schema are two capital letters; the simulator's are names.
    const mappings = { _id: 'Id', 'homeAddress.countryCode': 'MailingCountry' };
    const base = { spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact', mappings };
    const strict = await createFlow(api, { ...base, name: 'Strict' });
    const [failed] = await api.finishedRuns(strict.flow, 1);
    assert.equal(failed.metrics.statusSummary.status, 'failed');
    assert.equal(failed.metrics.statusSummary.errors[0].code, 'CONNECTOR-2001-500');
    assert.equal((await landedRows(api, strict.dataset)).length, 0, 'nothing of a failed run is visible');

    const lenient = await createFlow(api, { ...base, name: 'Lenient', options: { partialIngestionPercent: 100, errorDiagnosticsEnabled: true } });
    const [run] = await api.finishedRuns(lenient.flow, 1);
    const { inputRecordCount, outputRecordCount, failedRecordCount, skippedRecordCount } = run.metrics.recordSummary;
    assert.equal(run.metrics.statusSummary.status, 'partialSuccess', JSON.stringify(run.metrics));
    assert.equal(inputRecordCount, outputRecordCount + failedRecordCount + skippedRecordCount);
    assert.ok(failedRecordCount > 0 && outputRecordCount > 0, JSON.stringify(run.metrics.recordSummary));
    assert.equal((await landedRows(api, lenient.dataset)).length, outputRecordCount);

    const promotion = run.activities.find((activity) => activity.name === 'Promotion Activity');
    const list = await api.get(promotion.statusSummary.extensions.manifest.failedRecords);
    let kept = 0;
    for (const file of list.body.data) {
      const lines = Buffer.from(await api.bytes(file._links.self.href)).toString().trim().split('\n');
      for (const line of lines) {
        const row = JSON.parse(line);
        assert.equal(row._errors[0].code, 'INGEST-1557-400');
        assert.equal(row._errors[0].destination, 'homeAddress.countryCode');
        assert.ok(row.Id && row._filename, line);
        ++kept;
      }
    }
    assert.equal(kept, failedRecordCount, 'every rejected row is kept');
  });
});

describe('a flow from HubSpot', () => {
  const folder = temporaryFolder();
  let hubspot, foz, api;
  before(async () => {
    hubspot = await startSimulator('hubspot', { rows: 1250 });
    foz = await startFoz(folder.path, { allow: [hubspot.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), hubspot?.stop()]);
    folder.remove();
  });

  test('a first run takes all, the next ones only what changed', async () => {
    const mappings = { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value', 'personalEmail.address': 'Properties_Email_Value' };
    const ids = await createFlow(api, { name: 'Contacts', spec: kSpecs.hubspot, auth: hubspotAuth(hubspot), table: 'Hubspot.Contacts', mappings });
    const [first] = await api.finishedRuns(ids.flow, 1);
    assert.equal(first.metrics.recordSummary.outputRecordCount, 1250, JSON.stringify(first.metrics));
    const changed = await hubspot.control('mutate', { op: 'update', table: 'contacts', count: 11, every: 5, set: { firstname: 'Changed' } });
    await pause(50);
    const second = await finishedRun(api, await runNow(api, ids.flow), eventually);
    assert.equal(second.metrics.recordSummary.outputRecordCount, 11, JSON.stringify(second.metrics));
    const again = (await landedRows(api, ids.dataset)).filter((row) => row.person?.name?.firstName === 'Changed').map((row) => row._id);
    assert.deepEqual(again.sort(), changed.ids.map(String).sort());
  });
});

describe('a CSV file served as a Salesforce table', { skip: existsSync(profiles) ? false : 'the sample data are not here' }, () => {
  const folder = temporaryFolder();
  let salesforce, foz, api;
  before(async () => {
    salesforce = await startSimulator('salesforce', { args: ['--from', profiles] });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  test('lands complete: same count, same values', async () => {
    const mappings = {
      _id: 'ID1', 'person.name.firstName': 'F_NAME', 'person.name.lastName': 'L_NAME', 'person.name.courtesyTitle': 'TITLE',
      'person.gender': 'GENDER', 'person.birthDate': 'DOB', 'person.birthYear': 'YOB', 'personalEmail.address': 'EMAIL',
      'homePhone.number': 'PHONE', 'homeAddress.street1': 'STREET', 'homeAddress.city': 'CITY', 'homeAddress.state': 'STATE',
      'homeAddress.countryCode': 'COUNTRY', 'homeAddress.postalCode': 'ZIP', 'homeAddress._schema.latitude': 'LAT', 'homeAddress._schema.longitude': 'LONG',
    };
    const { body: tables } = await api.get(api.flow(`/connections/${await account()}/explore?objectType=root`));
    const table = tables.find((one) => /profiles/i.test(one.name)).path;
    const ids = await createFlow(api, { name: 'Profiles', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table, mappings });
    const [run] = await api.finishedRuns(ids.flow, 1);
    const source = readCsv(profiles);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    assert.equal(run.metrics.recordSummary.outputRecordCount, source.length);
    const day = (text) => text.replace(/-(\d)(?=-|$)/g, '-0$1'); // the file has days without a leading zero
    const empty = (text) => (text === '' || text === undefined ? null : text);
    const wanted = source.map((row) => [row.ID1, row.F_NAME, row.L_NAME, row.TITLE, row.GENDER, day(row.DOB), row.YOB, row.EMAIL, row.PHONE, row.STREET, row.CITY, row.STATE, row.COUNTRY, row.ZIP,
      row.LAT === '' ? '' : String(Number(row.LAT)), row.LONG === '' ? '' : String(Number(row.LONG))].map(empty));
    const text = (value) => (value === null || value === undefined ? null : value instanceof Date ? value.toISOString().slice(0, 10) : String(value));
    const landed = (await landedRows(api, ids.dataset)).map((row) => [row._id, row.person?.name?.firstName, row.person?.name?.lastName, row.person?.name?.courtesyTitle, row.person?.gender,
      row.person?.birthDate, row.person?.birthYear, row.personalEmail?.address, row.homePhone?.number, row.homeAddress?.street1, row.homeAddress?.city, row.homeAddress?.state,
      row.homeAddress?.countryCode, row.homeAddress?.postalCode, row.homeAddress?._schema?.latitude, row.homeAddress?._schema?.longitude].map(text));
    const asSet = (rows) => rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(asSet(landed), asSet(wanted));
  });

  async function account() {
    const { body } = await api.post(api.flow('/connections'), { name: 'Profiles', connectionSpec: { id: kSpecs.salesforce, version: '1.0' }, auth: salesforceAuth(salesforce) });
    return body.id;
  }
});
