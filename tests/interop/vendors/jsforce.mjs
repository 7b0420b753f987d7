// jsforce, pointed at the Salesforce simulator.
import jsforce from 'jsforce';
import { keyed, parseCsv } from './session.mjs';

const kColumns = ['Id', 'FirstName', 'LastName', 'Email', 'Birthdate', 'HasOptedOutOfEmail', 'AccountId', 'Description', 'SystemModstamp'];
const kSoql = `SELECT ${kColumns.join(', ')} FROM Contact`;
const kVersion = '60.0';

/// A bulk CSV cell as REST prints it.
function asRest(type, text) {
  if (text === '') return null;
  if (type === 'boolean') return text === 'true';
  if (type === 'datetime') return text.replace('Z', '+0000');
  if (['int', 'double', 'currency', 'percent'].includes(type)) return Number(text);
  return text;
}

/// The same rows without the client: a bulk job, read by plain requests.
async function readByBulk(simulator, token, types) {
  const ask = (path, options = {}) => fetch(simulator.url + path, { ...options, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
  const job = await (await ask(`/services/data/v${kVersion}/jobs/query`, { method: 'POST', body: JSON.stringify({ operation: 'query', query: kSoql }) })).json();
  const rows = [];
  for (let locator = ''; locator !== 'null'; ) {
    const answer = await ask(`/services/data/v${kVersion}/jobs/query/${job.id}/results?maxRecords=1000${locator && `&locator=${locator}`}`);
    const [header, ...lines] = parseCsv(await answer.text());
    for (const line of lines) rows.push(Object.fromEntries(header.map((name, i) => [name, asRest(types[name], line[i])])));
    locator = answer.headers.get('sforce-locator');
  }
  return rows;
}

async function logins(session, simulator) {
  const { url, clientId, clientSecret, username, password, securityToken } = simulator;
  await session.step('SOAP login', async () => {
    const soap = new jsforce.Connection({ loginUrl: url, version: kVersion });
    const user = await soap.login(username, password + securityToken);
    session.check('SOAP login', soap.instanceUrl === url && user.organizationId === simulator.organizationId, [soap.instanceUrl, user]);
  });
  await session.step('a wrong password is refused', async () => {
    const soap = new jsforce.Connection({ loginUrl: url, version: kVersion });
    const refused = await soap.login(username, 'wrong').then(() => null, (error) => error);
    session.check('a wrong password is refused', refused?.errorCode === 'INVALID_LOGIN' || /INVALID_LOGIN/.test(refused?.message), refused?.message);
  });
  const connection = new jsforce.Connection({ loginUrl: url, instanceUrl: url, version: kVersion, oauth2: { loginUrl: url, clientId, clientSecret }, refreshToken: simulator.refreshToken });
  await connection.authorize({ grant_type: 'client_credentials' });
  session.check('client credentials', connection.accessToken.startsWith('00D'), connection.accessToken?.slice(0, 3));
  return connection;
}

async function metadata(session, connection, simulator) {
  const global = await connection.describeGlobal();
  const tables = await simulator.control('tables');
  session.check('describeGlobal lists every object', global.sobjects.length === tables.length, global.sobjects.length);
  const contact = await connection.describe('Contact');
  session.check('describe has the fields', kColumns.every((name) => contact.fields.some((field) => field.name === name)), contact.fields.map((field) => field.name));
  session.check('the limits are parsed', connection.limitInfo.apiUsage?.used > 0, connection.limitInfo);
  session.check('limits()', (await connection.limits()).DailyApiRequests.Max > 0);
  session.check('identity()', (await connection.identity()).organization_id === simulator.organizationId);
  const wrong = await connection.query('SELECT Foo FROM Contact').then(() => null, (error) => error);
  session.check('an unknown field is INVALID_FIELD', wrong?.errorCode === 'INVALID_FIELD', wrong?.message);
  return Object.fromEntries(contact.fields.map((field) => [field.name, field.type]));
}

async function reading(session, connection, simulator, types) {
  const read = await connection.query(kSoql, { autoFetch: true, maxFetch: 100000 });
  const wanted = keyed(await readByBulk(simulator, connection.accessToken, types), 'Id', kColumns);
  session.compare('query in pages against a bulk job', wanted, keyed(read.records, 'Id', kColumns));
  const bulk = await connection.bulk2.query(kSoql, { pollTimeout: 20000, pollInterval: 100 });
  const rows = (await bulk.toArray()).map((row) => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, asRest(types[name], text ?? '')])));
  session.compare('bulk2 in one page', wanted, keyed(rows, 'Id', kColumns));
}

async function changes(session, connection, simulator) {
  const { now } = await simulator.control('clock');
  const changed = await simulator.control('mutate', { op: 'update', table: 'Contact', from: 40, count: 7, every: 3, set: { FirstName: 'Incremental' } });
  const since = `${now.slice(0, 19)}Z`;
  const fresh = await connection.query(`SELECT Id, FirstName FROM Contact WHERE SystemModstamp >= ${since}`);
  session.compare('incremental by SystemModstamp', new Map(changed.ids.map((id) => [id, { FirstName: 'Incremental' }])), keyed(fresh.records, 'Id', ['FirstName']));

  const made = await connection.sobject('Contact').create({ LastName: 'Made', Email: 'made@x.example' });
  await connection.sobject('Contact').update({ Id: made.id, LastName: 'Changed' });
  const again = await connection.sobject('Contact').retrieve(made.id);
  session.check('create, update, retrieve', again.LastName === 'Changed', again);
  await connection.sobject('Contact').destroy(made.id);

  const removed = await simulator.control('mutate', { op: 'delete', table: 'Contact', from: 100, count: 5 });
  const wanted = new Map([...removed.ids, made.id].map((id) => [id, { IsDeleted: true }]));
  const all = await connection.query('SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true', { scanAll: true });
  session.compare('deletes by queryAll', wanted, keyed(all.records, 'Id', ['IsDeleted']));
  await simulator.control('clock', { advanceSeconds: 120 });
  const end = new Date((await simulator.control('clock')).millis);
  const feed = await connection.sobject('Contact').deleted(new Date(end - 600000), end);
  session.compare('the deleted feed', new Map([...wanted.keys()].map((id) => [id, {}])), keyed(feed.deletedRecords, 'id', []));
  const updated = await connection.sobject('Contact').updated(new Date(end - 600000), end);
  session.compare('the updated feed', new Map(changed.ids.map((id) => [id, {}])), new Map(updated.ids.map((id) => [id, {}])));
}

async function trouble(session, connection, simulator) {
  await simulator.control('faults', { rules: [{ kind: 'status', status: 503, retryAfter: '1', path: '*/query', times: 2 }] });
  session.check('goes on after two 503', (await connection.query('SELECT Id FROM User')).totalSize === 25);
  session.check('the faults were met', (await simulator.control('faults'))[0].met === 2);
  await simulator.control('faults', { clear: true, expireTokens: 'all' });
  session.check('a dead session is renewed', (await connection.query('SELECT Id FROM User')).totalSize === 25);
  await simulator.control('settings', { dailyApiRequests: 1 });
  const over = await connection.query('SELECT Id FROM User').then(() => null, (error) => error);
  session.check('the allowance of the day ends in REQUEST_LIMIT_EXCEEDED', over?.errorCode === 'REQUEST_LIMIT_EXCEEDED', over?.message);
  await simulator.control('settings', { dailyApiRequests: 100000 });
  session.check('and is there again', (await connection.query('SELECT Id FROM User')).totalSize === 25);
}

export async function certify(session, simulator) {
  const connection = await logins(session, simulator);
  const types = await metadata(session, connection, simulator);
  await session.step('reading', () => reading(session, connection, simulator, types));
  await session.step('changes', () => changes(session, connection, simulator));
  await session.step('trouble', () => trouble(session, connection, simulator));
}
