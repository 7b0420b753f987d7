// dynamics-web-api, pointed at the Dynamics simulator.
import { DynamicsWebApi } from 'dynamics-web-api';
import { keyed } from './session.mjs';

const kSelect = ['contactid', 'fullname', 'emailaddress1', 'birthdate', 'gendercode', 'donotemail', 'creditlimit', '_parentcustomerid_value', 'new_interests', 'description', 'modifiedon'];

class Vendor {
  constructor(simulator) {
    this.simulator = simulator;
    this.logins = 0;
  }

  /// The authority comes from the challenge, as a connection without a tenant finds it.
  async authority() {
    const answer = await fetch(`${this.simulator.url}/api/data/v9.2/WhoAmI`);
    return /authorization_uri=(\S+)\/oauth2\/authorize/.exec(answer.headers.get('www-authenticate'))?.[1];
  }

  async token(secret = this.simulator.servicePrincipalKey) {
    this.logins++;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: this.simulator.servicePrincipalId, client_secret: secret, scope: `${this.simulator.url}/.default` });
    return (await fetch(`${await this.authority()}/oauth2/v2.0/token`, { method: 'POST', body: form })).json();
  }

  /// The same rows without the client: FetchXML, by plain requests.
  async readByFetchXml(token) {
    const names = kSelect.map((name) => `<attribute name="${name.replace(/^_(.*)_value$/, '$1')}"/>`).join('');
    const rows = [];
    for (let page = 1, more = true; more; page++) {
      const xml = `<fetch count="400" page="${page}"><entity name="contact">${names}<order attribute="fullname"/></entity></fetch>`;
      const answer = await fetch(`${this.simulator.url}/api/data/v9.2/contacts?fetchXml=${encodeURIComponent(xml)}`, { headers: { Authorization: `Bearer ${token}` } });
      const body = await answer.json();
      rows.push(...body.value);
      more = body['@Microsoft.Dynamics.CRM.morerecords'] === true;
    }
    return rows;
  }
}

// The client turns texts that look like dates into Date objects: back to what came over the wire.
const plain = (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : value]));
const rowsOf = (records, columns = kSelect) => keyed(records.map(plain), 'contactid', columns);

async function metadata(session, client, simulator) {
  const tables = await simulator.control('tables');
  const entities = await client.retrieveEntities({ select: ['LogicalName', 'EntitySetName', 'DisplayName'] });
  session.check('retrieveEntities lists every table', entities.value.length === tables.length, entities.value.length);
  const contact = await client.retrieveEntity({ key: "LogicalName='contact'", select: ['LogicalName', 'EntitySetName'], expand: [{ property: 'Attributes', select: ['LogicalName', 'AttributeType'] }] });
  session.check('retrieveEntity with its attributes', contact.Attributes.some((one) => one.LogicalName === 'parentcustomerid' && one.AttributeType === 'Customer'), contact.Attributes?.length);
  const picks = await client.retrieveAttributes({ entityKey: "LogicalName='account'", castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata', select: ['LogicalName'], expand: [{ property: 'OptionSet' }] });
  session.check('choices with their labels', picks.value[0].OptionSet.Options[0].Label.UserLocalizedLabel.LanguageCode === 1033, picks.value[0]);
  const who = await client.callFunction({ name: 'WhoAmI' });
  session.check('WhoAmI', typeof who.UserId === 'string', who);
}

async function reading(session, client, vendor, token) {
  const wanted = rowsOf(await vendor.readByFetchXml(token));
  const pages = await client.retrieveAll({ collection: 'contacts', select: kSelect, maxPageSize: 100 });
  session.compare('retrieveAll against FetchXML', wanted, rowsOf(pages.value));
  const noted = await client.retrieveMultiple({ collection: 'contacts', select: ['gendercode', '_parentcustomerid_value'], includeAnnotations: '*', maxPageSize: 500 });
  session.check('annotations', noted.value.some((one) => ['Male', 'Female'].includes(one['gendercode@OData.Community.Display.V1.FormattedValue'])), noted.value[0]);
  session.check('lookups know their table', noted.value.some((one) => one['_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname'] === 'account'));
  const fetched = await client.fetchAll({ collection: 'contacts', fetchXml: '<fetch count="300"><entity name="contact"><attribute name="fullname"/></entity></fetch>' });
  session.compare('fetchAll', new Map([...wanted].map(([id, row]) => [id, { fullname: row.fullname }])), rowsOf(fetched.value, ['fullname']));
  const counted = await client.count({ collection: 'contacts' });
  session.check('count', counted === wanted.size, counted);
  const expanded = await client.retrieveMultiple({ collection: 'customeropportunityroles', select: ['name'], expand: [{ property: 'connectionrole1', select: ['name'] }] });
  session.check('expanded lookups', expanded.value.every((one) => typeof one.connectionrole1.name === 'string'), expanded.value[0]);
}

async function changes(session, client, simulator) {
  const first = await client.retrieveMultiple({ collection: 'contacts', select: ['fullname'], trackChanges: true, maxPageSize: 5000 });
  session.check('a delta link comes with the last page', typeof first.oDataDeltaLink === 'string', Object.keys(first));
  const { now } = await simulator.control('clock');
  const changed = await simulator.control('mutate', { op: 'update', table: 'contact', from: 40, count: 7, every: 3, set: { fullname: 'Incremental' } });
  const wanted = new Map(changed.ids.map((id) => [id, { fullname: 'Incremental' }]));
  const fresh = await client.retrieveMultiple({ collection: 'contacts', select: ['fullname'], filter: `modifiedon ge ${now.slice(0, 19)}Z`, orderBy: ['modifiedon asc', 'contactid asc'] });
  session.compare('incremental by modifiedon', wanted, rowsOf(fresh.value, ['fullname']));

  const made = await client.create({ collection: 'contacts', data: { fullname: 'Made' }, returnRepresentation: true });
  await client.update({ collection: 'contacts', key: made.contactid, data: { fullname: 'Changed' } });
  session.check('create, update, retrieve', (await client.retrieve({ collection: 'contacts', key: made.contactid, select: ['fullname'] })).fullname === 'Changed');
  await client.deleteRecord({ collection: 'contacts', key: made.contactid });
  const removed = await simulator.control('mutate', { op: 'delete', table: 'contact', from: 100, count: 5 });
  const delta = await client.retrieveMultiple({ collection: 'contacts' }, first.oDataDeltaLink);
  session.compare('changed rows by delta link', wanted, rowsOf(delta.value.filter((one) => one.contactid), ['fullname']));
  const gone = new Map(delta.value.filter((one) => one.reason === 'deleted').map((one) => [one.id, {}]));
  session.compare('deletes by delta link', new Map([...removed.ids, made.contactid].map((id) => [id, {}])), gone);
  const batch = client;
  batch.startBatch();
  const asked = [batch.retrieveMultiple({ collection: 'accounts', select: ['name'], top: 3 }), batch.retrieveMultiple({ collection: 'leads', select: ['fullname'], top: 2 })];
  asked.forEach((one) => one?.catch?.(() => {}));
  const answers = await batch.executeBatch();
  session.check('a batch of two', answers.length === 2 && answers[0].value.length === 3 && answers[1].value.length === 2, answers);
}

async function trouble(session, client, vendor, simulator) {
  const ask = () => client.retrieveMultiple({ collection: 'accounts', select: ['name'], top: 1 });
  await simulator.control('faults', { rules: [{ kind: 'status', status: 429, retryAfter: '1', path: '*/accounts', times: 1 }] });
  const refused = await ask().then(() => null, (error) => error);
  session.check('a 429 is told with its code', refused?.status === 429 && refused?.code === '0x80072322', refused);
  session.check('and is over', (await ask()).value.length === 1);
  await simulator.control('settings', { requestsIn5Minutes: 1 });
  const over = await ask().then(() => null, (error) => error);
  session.check('6000 requests in five minutes are enforced', over?.status === 429 && /over time window of 300 seconds/.test(over?.message), over?.message);
  await simulator.control('settings', { requestsIn5Minutes: 6000 });
  const before = vendor.logins;
  await simulator.control('faults', { clear: true, expireTokens: 'all' });
  const dead = await ask().then(() => null, (error) => error);
  session.check('a dead token is a 401 and the next call asks for a new one', dead === null || dead.status === 401, dead);
  vendor.current = (await vendor.token()).access_token;
  session.check('and works again', (await ask()).value.length === 1 && vendor.logins > before);
  await simulator.control('clock', { advanceSeconds: 8 * 86400 });
  vendor.current = (await vendor.token()).access_token;
}

export async function certify(session, simulator) {
  const vendor = new Vendor(simulator);
  const wrong = await vendor.token('wrong');
  session.check('a wrong secret is refused', wrong.error === 'invalid_client' && wrong.error_codes[0] === 7000215, wrong);
  const token = await vendor.token();
  session.check('client credentials by the challenge', token.token_type === 'Bearer' && token.expires_in === 3599, token);
  vendor.current = token.access_token;
  const client = new DynamicsWebApi({ serverUrl: simulator.url, dataApi: { path: 'data', version: '9.2' }, onTokenRefresh: async () => vendor.current });
  await session.step('metadata', () => metadata(session, client, simulator));
  await session.step('reading', () => reading(session, client, vendor, token.access_token));
  await session.step('changes', () => changes(session, client, simulator));
  await session.step('trouble', () => trouble(session, client, vendor, simulator));
}
