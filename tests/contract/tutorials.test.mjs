// Both founding tutorials, request by request, against real processes; what lands is read back by a foreign reader.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { fieldIds, landedFiles, landedRows } from '../lib/parquet.mjs';
import { startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';
import { shared } from '../lib/shared.mjs';
import { hubspotAuth, kSpecs, prepare, salesforceAuth } from './prerequisites.mjs';
import { comparable, printedRequests } from './printed.mjs';
import { checkShape, loadFixture, replay, send } from './replay.mjs';


/// All records of a simulator's own table, as it would print them.
async function salesforceContacts(simulator) {
  const token = await (
    await fetch(`${simulator.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: simulator.clientId, client_secret: simulator.clientSecret }),
    })
  ).json();
  const records = [];
  for (let next = `/services/data/v60.0/query?q=${encodeURIComponent('SELECT Id, FirstName, LastName, Email FROM Contact')}`; next; ) {
    const page = await (await fetch(simulator.url + next, { headers: { Authorization: `Bearer ${token.access_token}` } })).json();
    records.push(...page.records);
    next = page.done ? null : page.nextRecordsUrl;
  }
  return records;
}

async function hubspotContacts(simulator) {
  const records = [];
  for (let next = ''; next !== null; ) {
    const url = `${simulator.url}/crm/v3/objects/contacts?limit=100&properties=firstname,lastname${next}`;
    const page = await (await fetch(url, { headers: { Authorization: `Bearer ${simulator.accessToken}` } })).json();
    records.push(...page.results);
    next = page.paging ? `&after=${encodeURIComponent(page.paging.next.after)}` : null;
  }
  return records;
}

/// Rows as a set of texts, so that their order does not count.
const asSet = (rows) => rows.map((row) => JSON.stringify(row)).sort();
const blankAsNull = (value) => (value === '' || value === undefined ? null : value);

describe('the founding tutorials', () => {
  const folder = temporaryFolder();
  let salesforce, hubspot, foz, api, marketing;

  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 320 });
    hubspot = await startSimulator('hubspot', { rows: 270 });
    foz = await startFoz(folder.path, { allow: [salesforce.url, hubspot.url] });
    api = await connect(folder.path);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop(), hubspot?.stop()]);
    folder.remove();
  });

  test('collecting CRM data lands every row, nested as the schema says', async () => {
    const fixture = loadFixture('crm');
    const variables = await prepare(api, { title: 'CRM tutorial', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), columns: ['first_name', 'last_name', 'email'], table: 'Contact' });
    await replay(fixture, variables, (request, { body }) => {
      if (request.name === 'flow specification') assert.equal(body.items.length, 1, 'the filter names exactly one');
      if (request.name === 'target schema') assert.equal(body['meta:extends'].at(-1), 'https://ns.adobe.com/xdm/context/profile');
    });
    const { body } = await api.get(api.flow(`/flows/${variables.flow}`));
    assert.equal(body.items[0].scheduleParams.startTime, '1567411548', 'echoed as sent');
    assert.equal(body.items[0].scheduleParams.interval, '30');
    assert.deepEqual(body.items[0].transformations[0], { name: 'Copy', params: { mode: 'append' } });

    const [run] = await api.finishedRuns(variables.flow, 1);
    const source = await salesforceContacts(salesforce);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    assert.equal(run.metrics.recordSummary.inputRecordCount, source.length);
    assert.equal(run.metrics.recordSummary.outputRecordCount, source.length);
    const landed = (await landedRows(api, variables.dataset)).map((row) => [row.person?.name?.firstName, row.person?.name?.lastName, row.personalEmail?.address].map(blankAsNull));
    const wanted = source.map((record) => [record.FirstName, record.LastName, record.Email].map(blankAsNull));
    assert.deepEqual(asSet(landed), asSet(wanted));

    const [file] = await landedFiles(api, variables.dataset);
    const ids = fieldIds(await api.bytes(file.href));
    assert.ok(Object.values(ids).every((id) => Number.isInteger(id)), `every column has a field id: ${JSON.stringify(ids)}`);
    assert.equal(new Set(Object.values(ids)).size, Object.values(ids).length, 'and no two share one');
  });

  test('collecting marketing automation data lands every row, converted to its target', async () => {
    const fixture = loadFixture('marketing');
    const columns = ['Properties_Firstname_Value', 'Properties_Lastname_Value', 'Added_At', 'Portal_Id'];
    const variables = await prepare(api, { title: 'Marketing tutorial', spec: kSpecs.hubspot, auth: hubspotAuth(hubspot), columns, table: 'Hubspot.Contacts' });
    marketing = await replay(fixture, variables);
    const [run] = await api.finishedRuns(variables.flow, 1);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    const source = await hubspotContacts(hubspot);
    assert.equal(run.metrics.recordSummary.outputRecordCount, source.length);
    const shortest = (iso) => iso.replace('.000Z', 'Z');
    const landed = (await landedRows(api, variables.dataset)).map((row) => [row.person?.name?.firstName, row.person?.name?.lastName, row.repositoryCreatedBy, row._id].map(blankAsNull));
    const wanted = source.map((record) => [record.properties.firstname, record.properties.lastname, shortest(record.createdAt), String(hubspot.portalId)].map(blankAsNull));
    assert.deepEqual(asSet(landed), asSet(wanted));
  });

  test('as printed, two requests are refused, with the place of the mistake', async () => {
    const variables = { endpoint: foz.url, token: api.token, clientId: api.credentials.clientId, orgId: api.credentials.orgId, sandbox: 'prod' };
    for (const name of ['crm', 'marketing']) {
      const fixture = loadFixture(name);
      for (const value of Object.values(fixture.fill)) variables[value.slice(2, -2)] ??= 'as-printed';
      for (const request of fixture.requests.filter((one) => one.printedAnswers)) {
        const { status, body } = await send(request, fixture, variables, { literal: true });
        const wanted = request.printedAnswers;
        assert.equal(status, wanted.status, `${name}, ${request.name}: ${JSON.stringify(body)}`);
        if (wanted.type) assert.equal(body.type, wanted.type);
        if (wanted.error_code) assert.equal(body.error_code, wanted.error_code);
        if (wanted.type) assert.match(body.report['detailed-message'], /\b1:\d+\b/, 'the message names line and column');
      }
    }
  });

  test('a start time that is still a placeholder is named as such', async () => {
    const fixture = loadFixture('marketing');
    const request = fixture.requests.find((one) => one.name === 'flow');
    const answer = await send(request, fixture, { ...marketing, startTime: '<START TIME>' });
    assert.equal(answer.status, 400);
    assert.match(JSON.stringify(answer.body), /CONNECTOR-1340-400/);
    assert.match(JSON.stringify(answer.body), /epoch seconds/);
  });

  test('another sandbox sees nothing of all this', async () => {
    const created = await api.post('/data/foundation/sandbox-management/sandboxes', { name: 'elsewhere', title: 'Elsewhere', type: 'development' });
    assert.equal(created.status, 202, JSON.stringify(created.body));
    const other = api.in('elsewhere');
    for (const path of ['/flows', '/connections', '/sourceConnections', '/targetConnections', '/runs']) {
      assert.deepEqual((await other.get(api.flow(path))).body.items, [], path);
      const { body } = await api.get(api.flow(path));
      for (const item of body.items.slice(0, 3)) assert.equal((await other.get(api.flow(`${path}/${item.id}`))).status, 404, path);
    }
    assert.deepEqual((await other.get('/data/foundation/catalog/dataSets')).body, {});
    const schemas = await other.get('/data/foundation/schemaregistry/tenant/schemas', { Accept: 'application/vnd.adobe.xed-id+json' });
    assert.deepEqual(schemas.body.results, []);
  });
});

describe('the fixtures', () => {
  for (const name of ['crm', 'marketing']) {
    const fixture = loadFixture(name);
    const page = shared(join('tutorials', fixture.page));
    test(`${name}: every request of the page is here, unchanged`, { skip: page ? false : `${fixture.page} is not here` }, () => {
      const printed = printedRequests(readFileSync(page, 'utf8'));
      assert.equal(fixture.requests.length, printed.length);
      printed.forEach((request, i) => {
        const { method, url, headers, body } = fixture.requests[i];
        assert.deepEqual({ method, url, headers, body: comparable(body) }, { ...request, body: comparable(request.body) });
      });
    });
  }
});
