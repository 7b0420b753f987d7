// @hubspot/api-client, pointed at the HubSpot simulator.
import { Client } from '@hubspot/api-client';
import { keyed } from './session.mjs';

const kProperties = ['email', 'firstname', 'lastname', 'company', 'annualrevenue', 'date_of_birth', 'hs_email_optout', 'lifecyclestage', 'topics', 'createdate', 'lastmodifieddate'];
const kDates = ['date_of_birth', 'createdate', 'lastmodifieddate'];

/// Version 1 prints moments as milliseconds and leaves out what is null.
function asV3(name, value) {
  if (value === undefined) return null;
  if (!kDates.includes(name)) return value;
  const text = new Date(Number(value)).toISOString();
  return name === 'date_of_birth' ? text.slice(0, 10) : text;
}

/// The same rows without the client: version 1, by plain requests.
async function readByVersionOne(simulator) {
  const rows = new Map();
  for (let offset = 0, more = true; more; ) {
    const names = kProperties.map((name) => `&property=${name}`).join('');
    const answer = await fetch(`${simulator.url}/contacts/v1/lists/all/contacts/all?count=100&vidOffset=${offset}${names}`, { headers: { Authorization: `Bearer ${simulator.accessToken}` } });
    const page = await answer.json();
    for (const contact of page.contacts) rows.set(String(contact.vid), Object.fromEntries(kProperties.map((name) => [name, asV3(name, contact.properties[name]?.value)])));
    offset = page['vid-offset'];
    more = page['has-more'];
  }
  return rows;
}

const flat = (records, properties = kProperties) => keyed(records.map((one) => ({ id: one.id, ...one.properties })), 'id', properties);

async function logins(session, simulator) {
  const { url, clientId, clientSecret, refreshToken } = simulator;
  const oauth = new Client({ basePath: url });
  const token = await oauth.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, refreshToken);
  session.check('a refresh token gives an access token', token.accessToken.startsWith('CN') && token.expiresIn === 1800, token.expiresIn);
  const info = await oauth.oauth.accessTokensApi.get(token.accessToken);
  session.check('the token knows its portal', info.hubId === simulator.portalId, info);
  const wrong = await oauth.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, 'wrong').then(() => null, (error) => error);
  session.check('a wrong refresh token is refused', wrong?.code === 400, wrong?.message);
  const client = new Client({ accessToken: token.accessToken, basePath: url, numberOfApiCallRetries: 3 });
  session.check('the access token works', (await client.crm.contacts.basicApi.getPage(1)).results.length === 1);
  return client;
}

async function metadata(session, client, simulator) {
  const properties = await client.crm.properties.coreApi.getAll('contacts');
  session.check('properties', kProperties.every((name) => properties.results.some((one) => one.name === name)), properties.results.map((one) => one.name));
  const schemas = await client.crm.schemas.coreApi.getAll();
  session.check('schemas of custom objects', schemas.results.length === 1 && schemas.results[0].fullyQualifiedName === `p${simulator.portalId}_cars`, schemas.results.length);
  const owners = await client.crm.owners.ownersApi.getPage(undefined, undefined, 5);
  session.check('owners', owners.results.length === 5 && owners.paging.next.after === '5', owners.paging);
  const pipelines = await client.crm.pipelines.pipelinesApi.getAll('deals');
  session.check('pipelines', pipelines.results[0].stages.length === 5, pipelines.results);
  const labels = await client.crm.associations.v4.schema.definitionsApi.getAll('contacts', 'companies');
  session.check('association labels', labels.results.some((one) => one.label === 'Primary'), labels.results);
}

async function reading(session, client, simulator) {
  const wanted = await readByVersionOne(simulator);
  const all = await client.crm.contacts.getAll(100, undefined, kProperties, undefined, ['companies']);
  session.compare('getAll against version 1', wanted, flat(all));
  session.check('inline associations', all.every((one) => one.associations.companies.results.length === 2), all[0].associations);
  const ids = all.slice(0, 100).map((one) => ({ id: one.id }));
  const batch = await client.crm.contacts.batchApi.read({ inputs: ids, properties: kProperties, propertiesWithHistory: [] });
  session.compare('batch read', new Map([...wanted].slice(0, 100)), flat(batch.results));
  const found = new Map();
  for (let after = '0'; after; ) {
    const page = await client.crm.contacts.searchApi.doSearch({ filterGroups: [], sorts: ['hs_object_id'], properties: kProperties, limit: 200, after });
    for (const [id, row] of flat(page.results)) found.set(id, row);
    after = page.paging?.next?.after;
  }
  session.compare('search', wanted, found);
  const cars = await client.crm.objects.basicApi.getPage(`p${simulator.portalId}_cars`, 100);
  session.check('custom objects', cars.results.length === 30, cars.results.length);
  const links = await client.crm.associations.v4.basicApi.getPage('contacts', Number(all[4].id), 'companies', undefined, 500);
  session.check('associations of one record', String(links.results[0].toObjectId) === all[4].associations.companies.results[0].id, links.results);
  const many = await client.crm.associations.v4.batchApi.getPage('contacts', 'companies', { inputs: ids });
  session.check('associations of a batch', many.results.length === 100, many.results.length);
  const raw = await (await client.apiRequest({ path: '/contacts/v1/lists/all/contacts/all?count=3' })).json();
  session.check('raw requests', raw.contacts.length === 3 && raw['has-more'] === true, raw);
}

async function changes(session, client, simulator) {
  const { millis } = await simulator.control('clock');
  const changed = await simulator.control('mutate', { op: 'update', table: 'contacts', from: 40, count: 9, every: 5, set: { firstname: 'Incremental' } });
  const fresh = await client.crm.contacts.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'lastmodifieddate', operator: 'GTE', value: String(millis) }] }], sorts: ['hs_object_id'], properties: ['firstname'], limit: 200, after: '0' });
  session.compare('incremental by lastmodifieddate', new Map(changed.ids.map((id) => [id, { firstname: 'Incremental' }])), flat(fresh.results, ['firstname']));

  const made = await client.crm.contacts.basicApi.create({ properties: { email: 'made@x.example' }, associations: [] });
  await client.crm.contacts.basicApi.update(made.id, { properties: { firstname: 'Changed' } });
  session.check('create, update, get', (await client.crm.contacts.basicApi.getById(made.id, ['firstname'])).properties.firstname === 'Changed');
  const twice = await client.crm.contacts.basicApi.create({ properties: { email: 'made@x.example' }, associations: [] }).then(() => null, (error) => error);
  session.check('the same email is a conflict', twice?.code === 409, twice?.message);
  await client.crm.contacts.basicApi.archive(made.id);
  const removed = await simulator.control('mutate', { op: 'archive', table: 'contacts', from: 100, count: 5 });
  const bin = await client.crm.contacts.getAll(100, undefined, ['email'], undefined, undefined, true);
  session.compare('deletes in the archived list', new Map([...removed.ids, made.id].map((id) => [id, {}])), flat(bin, []));
  session.check('archivedAt is a moment', bin.every((one) => one.archived && one.archivedAt instanceof Date), bin[0]);
  await client.crm.contacts.basicApi.merge({ primaryObjectId: '103', objectIdToMerge: '104' });
  const merged = await client.crm.contacts.basicApi.getById('104', ['hs_merged_object_ids']);
  session.check('a merged record leads to the winner', merged.id === '103' && merged.properties.hs_merged_object_ids === '104', merged);
}

async function trouble(session, client, simulator) {
  const search = () => client.crm.contacts.searchApi.doSearch({ filterGroups: [], sorts: [], properties: [], limit: 1, after: '0' });
  await simulator.control('faults', { rules: [{ kind: 'status', status: 429, path: '*/search', times: 1 }] });
  let began = Date.now();
  session.check('a 429 of the second is waited out', (await search()).results.length === 1 && Date.now() - began >= 900, Date.now() - began);
  await simulator.control('faults', { clear: true, rules: [{ kind: 'status', status: 429, path: '*/contacts', times: 1 }] });
  began = Date.now();
  session.check('a 429 of ten seconds is waited out', (await client.crm.contacts.basicApi.getPage(1)).results.length === 1 && Date.now() - began >= 9000, Date.now() - began);
  await simulator.control('faults', { clear: true, rules: [{ kind: 'status', status: 502, body: 'html', path: '*/contacts', times: 1 }] });
  session.check('goes on after a 502 page', (await client.crm.contacts.basicApi.getPage(1)).results.length === 1);
  await simulator.control('faults', { clear: true });
  await simulator.control('settings', { dailyRequests: 1 });
  const daily = await client.crm.contacts.basicApi.getPage(1).then(() => null, (error) => error);
  session.check('the daily limit is not retried', daily?.code === 429 && /DAILY/.test(JSON.stringify(daily.body ?? daily.message)), daily?.message);
  await simulator.control('settings', { dailyRequests: 1000000 });
  await simulator.control('clock', { advanceSeconds: 1801 });
  const dead = await client.crm.contacts.basicApi.getPage(1).then(() => null, (error) => error);
  session.check('a token dies after half an hour', dead?.code === 401 && /EXPIRED_AUTHENTICATION/.test(dead.message), dead?.message);
  const { clientId, clientSecret, refreshToken } = simulator;
  const token = await client.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, refreshToken);
  client.setAccessToken(token.accessToken);
  session.check('and is renewed', (await client.crm.contacts.basicApi.getPage(1)).results.length === 1);
}

export async function certify(session, simulator) {
  const client = await logins(session, simulator);
  await session.step('metadata', () => metadata(session, client, simulator));
  await session.step('reading', () => reading(session, client, simulator));
  await session.step('changes', () => changes(session, client, simulator));
  await session.step('trouble', () => trouble(session, client, simulator));
}
