// Data Prep from the outside: what preview shows is what lands, and every helper a mapping screen asks for.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createConnection, createDataset, createFlow, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { landedFiles, landedRows } from '../lib/parquet.mjs';
import { startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const conversion = (path) => `/data/foundation/conversion${path}`;
const expression = (source) => ({ sourceType: 'EXPRESSION', source });
const columns = ['Id', 'FirstName', 'LastName', 'Email', 'Salutation', 'MailingCity', 'MailingStreet', 'MailingCountry', 'Birthdate', 'CreatedDate', 'Visits__c', 'Languages__c'];

const mappings = {
  _id: 'Id',
  'person.name.firstName': 'FirstName',
  'person.name.lastName': expression('upper(LastName)'),
  'person.name.fullName': expression('concat(FirstName, " ", LastName)'),
  'person.name.courtesyTitle': expression('decode(Salutation, "Mr.", "Senhor", "Ms.", "Senhora", "Mrs.", "Senhora", "none")'),
  'person.birthDate': expression('date(format(CreatedDate, "dd.MM.yyyy"), "dd.MM.yyyy")'),
  'personalEmail.address': expression('iif(Email != null && Email != "", lower(Email), null)'),
  'personalEmail.label': expression('sha256(lower(Email))'),
  homeAddress: expression('to_object("city", MailingCity, "street1", MailingStreet, "unknownMember", Id)'),
  'homeAddress.country': expression('iif(Visits__c > 250, "often", "seldom")'),
  'homePhone.number': expression('join("|", split(Languages__c, ";"))'),
};

/// Moments and days as text, nulls left out: the same form for both sides.
function plain(value) {
  if (value instanceof Date) return value.toISOString().replace('T00:00:00.000Z', '');
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).flatMap(([name, one]) => (one === null || one === undefined ? [] : [[name, plain(one)]]));
  return Object.fromEntries(members.filter(([, one]) => typeof one !== 'object' || Array.isArray(one) || Object.keys(one).length > 0).sort());
}

describe('Data Prep', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api, flow, base;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 150 });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
    base = await createConnection(api, 'CRM', kSpecs.salesforce, salesforceAuth(salesforce));
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });

  test('a flow lands the rows that preview showed', async () => {
    const taste = await api.get(api.flow(`/connections/${base}/explore?objectType=table&object=Contact&preview=true`));
    assert.equal(taste.status, 200, JSON.stringify(taste.body));
    const records = taste.body.data.slice(0, 100);
    assert.ok(records.length >= 5, 'the preview of the source gives rows');

    const { schema, dataset } = await createDataset(api, 'Previewed');
    const mappingSet = { outputSchema: { schemaRef: { id: schema } }, mappings: Object.entries(mappings).map(([destination, one]) => ({ ...(typeof one === 'string' ? { source: one } : one), destination })) };
    const preview = await api.post(conversion('/mappingSets/preview'), { data: records, mappingSet });
    assert.equal(preview.status, 200, JSON.stringify(preview.body));
    flow = await createFlow(api, { name: 'Previewed', base, table: 'Contact', columns, mappings, schema, dataset });
    const [run] = await api.finishedRuns(flow.flow, 1);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    const landed = new Map((await landedRows(api, dataset)).map((row) => [row._id, row]));
    assert.equal(landed.size, 150);
    for (const [i, { data, errors }] of preview.body.entries()) {
      assert.equal(errors, null, JSON.stringify(errors));
      const row = landed.get(records[i].Id);
      assert.ok(row, records[i].Id);
      assert.deepEqual(plain(row), plain(data));
      if (records[i].Email) assert.equal(row.personalEmail.label, createHash('sha256').update(records[i].Email.toLowerCase()).digest('hex'));
      assert.ok(['often', 'seldom'].includes(row.homeAddress.country) && !('unknownMember' in row.homeAddress));
    }
  });

  test('the mapping stage of a run is a batch conversion', async () => {
    const [run] = await api.runs(flow.flow);
    const list = await api.get(conversion(`/xdmBatchConversions?limit=100&destinationDatasetId=${flow.dataset}&status=success`));
    assert.equal(list.status, 200, JSON.stringify(list.body));
    assert.equal(list.body.data.length, 1);
    const [one] = list.body.data;
    assert.equal(one.id, run.id);
    assert.equal(one.mappingSetId, flow.mapping);
    assert.equal(one.outputRecordCount, 150);
    assert.deepEqual((await api.get(conversion(`/xdmBatchConversions/${one.id}`))).body, one);
    const { body: activities } = await api.get(conversion(`/xdmBatchConversions/${one.id}/activities`));
    assert.equal(activities[0].outputRecordCount, 150);
    assert.deepEqual((await api.get(conversion(`/xdmBatchConversions/${one.id}/activities/${activities[0].id}`))).body, activities[0]);
    assert.equal((await api.get(conversion('/xdmBatchConversions?status=failed'))).body.data.length, 0);
    const missing = await api.get(conversion('/xdmBatchConversions/nobody'));
    assert.equal(missing.status, 404);
    assert.match(missing.body.type, /CONV-1011-404$/);
    assert.equal((await api.post(conversion('/xdmBatchConversions'), {})).status, 405);
  });

  test('bad rows show in preview what a run would do to them', async () => {
    const mappingSet = { outputSchema: { schemaRef: { id: flow.schema } }, mappings: [{ source: 'id', destination: '_id' }, { ...expression('date(d, "yyyy-MM-dd")'), destination: 'person.birthDate' }, { ...expression('100 / n'), destination: 'homeAddress.postalCode' }] };
    const { body } = await api.post(conversion('/mappingSets/preview'), { data: [{ id: 1, d: '2020-02-30', n: 0 }, { id: 2, d: '2020-02-29', n: 3 }], mappingSet });
    assert.deepEqual(body[0].data, { _id: '1' });
    assert.equal(body[0].errors.length, 2);
    const [date] = body[0].errors.filter((one) => one.destination === 'person.birthDate');
    const [quotient] = body[0].errors.filter((one) => one.destination === 'homeAddress.postalCode');
    assert.match(date.exception, /^DPMAP-310[13]-400: date: /);
    assert.match(quotient.exception, /^DPMAP-3103-400: .*division by zero \(at 1:5\)/);
    assert.deepEqual([date.source, date.sourceType], ['date(d, "yyyy-MM-dd")', 'text/x.aep-xl']);
    assert.deepEqual(body[1], { data: { _id: '2', homeAddress: { postalCode: '33' }, person: { birthDate: '2020-02-29' } }, errors: null });
  });

  test('functions and operators are served as they are described', async () => {
    const { body: functions } = await api.get(conversion('/languages/el/functions'));
    const served = new Set(functions.map((one) => one.function));
    const page = readFileSync(new URL('../../docs/reference/mapping.md', import.meta.url), 'utf8');
    const described = [...page.split('\n## Methods')[0].matchAll(/^### (\w+)/gm)].map(([, name]) => name);
    assert.ok(described.length > 80);
    for (const name of described) assert.ok(served.has(name), `${name} is described and not served`);
    for (const one of functions) {
      const names = one.params.map((parameter, i) => (one.function === 'contains_key' ? '"a"' : `a${i}`));
      const { body } = await api.post(conversion('/languages/el/validate'), { expression: one.example ?? `${one.function}(${names})` });
      assert.equal(body.validationStatus, 'succeeded', `${one.function}: ${body.error}`);
      if (one.category !== 'Analytics') continue;
      const { body: checked } = await api.post(conversion('/mappingSets/validate'), { xdmSchema: flow.schema, mappings: [{ ...expression(one.example), destination: '_id' }] });
      assert.match(checked.validationResponse[0].errors[0].exception, /Analytics sources only/);
    }
    const { body: operators } = await api.get(conversion('/languages/el/operators'));
    for (const symbol of ['+', '=~', '=^', '=$', 'empty', 'size', '[]', '.']) assert.ok(operators.some((one) => one.operatorSymbol === symbol), symbol);
    assert.ok(!operators.some((one) => ['=', '+=', 'for(...)'].includes(one.operatorSymbol)), 'statements are not run, nor listed');
  });

  test('mistakes are told with their place and what was probably meant', async () => {
    const bad = (source) => api.post(conversion('/languages/el/validate'), { expression: source }).then(({ body }) => body.error);
    assert.match(await bad('concat(a,\n  substring(b, 1))'), /substring.*did you mean.*substr.*2:3/s);
    assert.match(await bad('upper('), /1:7/);
    assert.match(await bad('x = 1'), /statement|assign/i);
    const { status, body } = await api.post(conversion('/mappingSets'), { xdmSchema: flow.schema, mappings: [{ source: 'a', destination: '_id' }, { ...expression('substr(a)'), destination: '_id' }] });
    assert.equal(status, 400);
    assert.match(body.type, /CONV-1006-400$/);
    assert.equal(body.report.additionalContext[0].path, 'mappings[1].source');
  });

  test('targets are suggested by name and synonym, with a score', async () => {
    const { body: schemas } = await api.post('/data/foundation/schemaregistry/tenant/schemas', { type: 'object', title: 'Plain', allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/profile' }, { $ref: 'https://ns.adobe.com/xdm/context/profile-person-details' }] });
    assert.ok(schemas.$id, JSON.stringify(schemas));
    const { status, body } = await api.get(conversion(`/mappingSets/suggestion?datasetId=${flow.dataset}&excludeUnmapped=true`));
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.id, null);
    const first = body.mappings.find((one) => one.source === 'person.name.firstName');
    assert.equal(first.destination, 'person.name.firstName');
    assert.ok(first.matchScore > 0.9 && body.mappings.every((one) => one.matchScore >= 0.5 && one.matchScore <= 1));
    assert.equal((await api.get(conversion('/mappingSets/suggestion'))).status, 400);

    const { body: sample } = await api.post(conversion('/samples'), { sampleData: [{ field_one: 'ana@example.com', Surname: 'Reis' }, { field_one: 'rui@example.org', Surname: 'Lopes' }] });
    const { body: looked } = await api.get(conversion(`/mappingSets/suggestion?datasetId=${flow.dataset}&sampleId=${sample.id}`));
    const targets = Object.fromEntries(looked.mappings.map((one) => [one.source, one.destination]));
    assert.deepEqual(targets, { field_one: 'personalEmail.address', Surname: 'person.name.lastName' }, 'by what the values look like, and by synonym');
    assert.equal((await api.get(conversion(`/mappingSets/suggestion?datasetId=${flow.dataset}&sampleId=none`))).status, 404);
  });

  test('a Parquet file is a sample, and a source schema with its types', async () => {
    const [file] = await landedFiles(api, flow.dataset);
    const upload = async (path) => {
      const form = new FormData();
      form.append('file', new Blob([await api.bytes(file.href)]), file.name);
      const answer = await fetch(`${api.credentials.endpoint}${conversion(path)}`, { method: 'POST', headers: api.headers(), body: form });
      return { status: answer.status, body: await answer.json() };
    };
    const sample = await upload('/samples/upload');
    assert.equal(sample.status, 200, JSON.stringify(sample.body));
    assert.equal(JSON.parse(sample.body.sampleData).length, 150);
    const schema = await upload('/schemas/upload');
    assert.equal(schema.status, 200, JSON.stringify(schema.body));
    const { properties } = schema.body.jsonSchema;
    assert.deepEqual(properties.person.properties.birthDate, { type: 'string', format: 'date' });
    assert.deepEqual(properties.person.properties.name.properties.firstName, { type: 'string' });
  });

  test('two thousand mappings are saved, read and listed', async () => {
    const many = { xdmSchema: flow.schema, mappings: Array.from({ length: 2000 }, (_, i) => ({ ...expression(`concat(a${i}, upper(b), iif(c > ${i}, "x", "y"))`), destination: 'person.name.firstName' })) };
    const saved = await api.post(conversion('/mappingSets?validate=true'), many);
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    const { body } = await api.get(conversion(`/mappingSets/${saved.body.id}/mappings`));
    assert.equal(body.length, 2000);
    assert.deepEqual(body[1999].expressionAttributes, ['a1999', 'b', 'c']);
    assert.equal((await api.delete(conversion(`/mappingSets/${saved.body.id}`))).status, 204);
  });
});
