// Follows: gateway, IMS authentication, permissions, sandboxes.
import { connect as connectSocket } from 'node:net';
import { eventually, run } from '../../lib/processes.mjs';
import { Api } from '../../lib/api.mjs';
import { problem } from './table.mjs';

const sandboxes = '/data/foundation/sandbox-management';
const access = '/data/foundation/access-control';
const refused = (status, code, message) => ({ status, body: { error_code: code, message }, headers: { 'content-type': /^application\/json/ } });
const sms = (status, code) => problem(status, code);

/// An Api that sends other headers; an empty one is left out.
class Headers extends Api {
  constructor(api, headers) {
    super(api.credentials, api.token, api.sandbox);
    this.more = headers;
  }
  headers(more = {}) {
    return Object.fromEntries(Object.entries({ ...super.headers(more), ...this.more }).filter(([, value]) => value !== ''));
  }
}

async function clientOf(data, role, sandbox) {
  const { out } = await run('foz', ['client', 'add', 'rows', '--data', data, '--role', role, '--sandboxes', sandbox]);
  return { clientId: /clientId +(\S+)/.exec(out)[1], clientSecret: /clientSecret +(\S+)/.exec(out)[1] };
}

/// Bytes in, the whole answer as text out: what no HTTP client would send.
const spoken = (endpoint, text) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(endpoint);
  const socket = connectSocket(Number(port), hostname, () => socket.write(text));
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
  socket.on('end', () => resolve(answer));
  socket.on('error', reject);
});

/// What the small print says beside the tables.
async function clauses(t, { door, token, form, call, good }) {
  const { credentials } = t.api;
  const flows = '/data/foundation/flowservice/flows';
  const basic = (secret) => `Basic ${Buffer.from(`${credentials.clientId}:${secret}`).toString('base64')}`;
  const lines = (path, headers, method = 'GET', body = '') => [`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close', `Authorization: Bearer ${t.api.token}`, `x-gw-ims-org-id: ${credentials.orgId}`, ...headers, ...(body ? [`Content-Length: ${body.length}`] : []), '', body].join('\r\n');
  const says = async (ref, text, wanted) => {
    const answer = await spoken(credentials.endpoint, text);
    t.holds(ref, `${text.split('\r\n')[0]} is answered ${answer.slice(0, 300)}`, wanted.every((one) => one.test(answer)));
  };

  // 2.1, 2.4
  const { sandboxes: [{ id: prodId }] } = await call('5', 'GET', '/sandboxes', undefined, { status: 200 });
  const { sandboxes: [{ id: otherId }] } = await call('5.1', 'GET', '/sandboxes?property=name==dev-1', undefined, { status: 200 });
  await door('2.1', { 'x-sandbox-id': prodId, 'x-sandbox-name': '' }, good);
  await door('2.1', { 'x-sandbox-id': prodId, 'x-sandbox-name': 'prod' }, good);
  await door('2.4', { 'x-sandbox-id': otherId, 'x-sandbox-name': 'prod' }, { status: 404, body: { title: 'Sandbox not found' } });
  await door('2.4', { 'x-sandbox-id': otherId, 'x-sandbox-name': 'prod' }, { status: 404, body: { type: /FLOW-2103-404/ } }, flows);
  await door('2.4', { 'x-sandbox-id': 'none', 'x-sandbox-name': '' }, { status: 404, body: { type: /FLOW-2100-404/ } }, flows);
  for (const id of ['x'.repeat(129), 'a\tb']) await door('2.1', { 'x-request-id': id }, { status: 200, headers: { 'x-request-id': /^[0-9a-f-]{36}$/ } });
  await says('2.1', lines('/data/foundation/catalog/dataSets', [`x-api-key : ${credentials.clientId}`]), [/^HTTP\/1.1 400 /]);
  await says('2.1', lines('/data/foundation/catalog/dataSets', [`X-API-KEY: ${credentials.clientId}`, 'Content-Type: application/x-www-form-urlencoded'], 'GET', 'a=b'), [/^HTTP\/1.1 200 /]);
  await says('2.5', lines('/data/foundation/access-control/acl/reference', [`x-api-key: ${credentials.clientId}`, 'Accept-Encoding: gzip']), [/^HTTP\/1.1 200 /, /Content-Encoding: gzip/i, /Content-Type: application\/json/i]);
  await says('1', lines('/data/foundation/catalog/dataSets', [`x-api-key: ${credentials.clientId}`]).replace('Host: x', 'Host: adobe.example'), [/^HTTP\/1.1 200 /]);
  await door('2.2', { 'x-gw-ims-org-id': '0123456789ABCDEF01234567@AdobeOrg' }, refused(403, '403027', 'User region is missing'));
  await t.row('2.3', 'POST', '/data/foundation/catalog/dataSets', { body: 'not json', headers: { 'Content-Type': 'text/plain' }, want: { status: 400, body: { type: '/placeholder/type/uri', status: 400, title: 'BadRequestError', detail: 'A valid content-type must be specified' } } });

  // 3.1, 3.4
  const post = (ref, body, headers, want, path = '/ims/token/v3') => t.row(ref, 'POST', path, { api: new Headers(t.api, { Authorization: '', ...headers }), body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, want });
  await post('3.1', 'grant_type=client_credentials', { Authorization: basic(credentials.clientSecret) }, { status: 200, body: { token_type: 'bearer' } });
  await post('3.1', 'grant_type=client_credentials', { Authorization: basic('wrong') }, { status: 401, body: { error: 'invalid_client' } });
  await token('3.1', form({ scope: 'nonsense,openid' }), 200);
  await token('3.1', form(), 200, `/ims/token/v3?client_secret=wrong&client_id=${credentials.clientId}`);
  await token('3.1', new URLSearchParams({ grant_type: 'client_credentials', client_secret: credentials.clientSecret }), 200, `/ims/token/v3?client_id=${credentials.clientId}`);
  const parts = [...form()].map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('') + '--x--\r\n';
  await t.row('3.1', 'POST', '/ims/token/v2', { api: new Headers(t.api, { Authorization: '' }), body: parts, headers: { 'Content-Type': 'multipart/form-data; boundary=x' }, want: 200 });
  await token('3.4', new URLSearchParams({ client_id: credentials.clientId, client_secret: credentials.clientSecret }), { status: 400, body: { error: 'invalid_request' } }, '/ims/exchange/jwt');
  await token('3.4', new URLSearchParams({ client_id: credentials.clientId, client_secret: 'wrong', jwt_token: 'a.b.c' }), { status: 401, body: { error: 'invalid_client' } }, '/ims/exchange/jwt');

  // 5
  for (const [query, names] of [['limit=1&offset=0&orderBy=name', 'dev-1'], ['limit=&offset=&property=&orderBy=', 'dev-1,prod'], ['property=type!=development', 'prod'], ['property=name~dev', 'dev-1'], ['property=type==development&property=name==prod', ''], ['orderBy=-name', 'prod,dev-1'], ['orderBy=type,-name', 'dev-1,prod']]) {
    await call('5.1', 'GET', `/sandboxes?${query}`, undefined, { status: 200, body: { sandboxes: (list) => (query.includes('orderBy=') ? list.map((one) => one.name).join() : list.map((one) => one.name).sort().join()) === names || (query.startsWith('limit=&') && list.length === 2) } });
  }
  await call('5.1', 'GET', '/sandboxes?limit=1&offset=0', undefined, { status: 200, body: { _page: { limit: 1, count: 1 }, _links: { next: { href: /limit=1&offset=1$/ } } } });
  await call('5.1', 'GET', '/sandboxes?limit=1&offset=1', undefined, { status: 200, body: { _links: { next: undefined } } });
  await call('5.1', 'GET', '/sandboxes?property=nothing', undefined, sms(400, 'SMS-2000-400'));
  await t.row('2.4', 'GET', `${sandboxes}/sandboxes`, { headers: { 'x-sandbox-name': 'nowhere' }, want: 200 });
  for (const body of [undefined, {}, { title: '' }, { title: 'x', name: 'y' }]) await call('5.3', 'PATCH', '/sandboxes/dev-1', body, sms(400, 'SMS-2000-400'));
  await call('5.3', 'PATCH', '/sandboxes/nowhere', { title: 'x' }, sms(404, 'SMS-2001-404'));
  await call('5.4', 'PUT', '/sandboxes/dev-1', undefined, sms(400, 'SMS-2000-400'));
  await call('5.4', 'PUT', '/sandboxes/nowhere', { action: 'reset' }, sms(404, 'SMS-2001-404'));
  await call('5.2', 'POST', '/sandboxes', { name: 'gone', title: 'Gone', type: 'production', isDefault: true }, { status: 202, body: { state: 'creating', type: 'production' } });
  await call('5.2', 'GET', '/sandboxes/gone', undefined, { status: 200, body: { isDefault: false, eTag: Number.isInteger } });
  await call('5.5', 'DELETE', '/sandboxes/gone?validationOnly=true', undefined, { status: 200, body: { message: /./ } });
  await call('5.5', 'DELETE', '/sandboxes/gone?ignoreWarnings=true', undefined, { status: 202, body: { name: 'gone', state: 'deleted' } });
  await call('5.5', 'GET', '/sandboxes/gone', undefined, { status: 200, body: { state: 'deleted' } });
  await call('5', 'GET', '/sandboxes', undefined, { status: 200, body: { sandboxes: (list) => list.some((one) => one.name === 'gone') } });
  await call('5', 'GET', '/', undefined, { status: 200, body: { sandboxes: (list) => !list.some((one) => one.name === 'gone') } });
  await door('5.5', { 'x-sandbox-name': 'gone' }, { status: 404, body: { title: 'Sandbox not found' } });
  for (const body of [null, 5, [], { name: 5, title: 'x', type: 'development' }]) await call('5.2', 'POST', '/sandboxes', JSON.stringify(body), sms(400, 'SMS-2000-400'));

  // 4.1
  await t.row('4.1', 'POST', `${access}/acl/effective-policies`, { body: {}, want: { status: 400 } });
  await t.row('4.1', 'GET', `${access}/acl/reference`, { want: { status: 200, body: { permissions: { 'manage-sandboxes': { sandboxes: ['read', 'write', 'delete'] }, 'view-datasets': { datasets: ['read'], schemas: ['read'] }, 'manage-datasets': { 'datasets-data': ['read', 'write', 'delete'], connection: ['read', 'write', 'delete'], 'dule-label': ['read', 'write', 'delete'], monitoring: ['read'] }, 'manage-shemas': undefined }, 'resource-types': { mixins: ['read', 'write', 'delete'] } } } });
}

export async function gatewayRows(t, data) {
  const { credentials } = t.api;
  const list = '/data/foundation/catalog/dataSets';
  const door = (ref, headers, want, path = list) => t.row(ref, 'GET', path, { api: new Headers(t.api, headers), want });
  const good = { status: 200 };

  // 2.2
  await door('2.2', { Authorization: '' }, refused(403, '403010', 'Oauth token is missing.'));
  await door('2.2', { Authorization: 'Basic abc' }, refused(403, '403010', 'Oauth token is missing.'));
  await door('2.2', { Authorization: 'Bearer abc' }, refused(401, '401013', 'Oauth token is not valid'));
  await door('2.2', { 'x-api-key': '' }, refused(403, '403000', 'Api Key is required'));
  await door('2.2', { 'x-api-key': 'unknown' }, refused(403, '403003', 'Api Key is invalid'));
  await door('2.2', { 'x-gw-ims-org-id': '' }, refused(400, '400003', 'Missing header'));
  await door('2.2', { 'x-gw-ims-org-id': 'x' }, refused(403, '403027', 'User region is missing'));
  await door('2.1', { Authorization: `bearer ${t.api.token}` }, good);
  await door('2.1', { 'x-api-key': ` ${credentials.clientId} `, 'x-user-token': 'x' }, good);
  await door('2.1', { 'x-sandbox-name': '' }, good);
  await door('2.1', { 'x-request-id': 'my-id' }, { status: 200, headers: { 'x-request-id': 'my-id' } });
  await door('1', {}, good, '//data//foundation/catalog//dataSets/');
  await door('1', {}, good, '/data/foundation/c%61talog/dataSets');
  await door('1', {}, refused(404, '404', 'Resource not found'), '/data/foundation/nothing');
  await door('1', {}, refused(501, '501', 'Not available in this version'), '/data/foundation/exim/packages');
  await door('1', {}, refused(501, '501', 'Not available in this version'), '/data/infrastructure/observability/insights/metrics');
  await door('2.2', { Authorization: '' }, good, '/data/foundation/flowservice/flowSpecs');
  await door('2.2', { Authorization: '', 'x-api-key': 'unknown' }, refused(403, '403003', 'Api Key is invalid'), '/data/foundation/flowservice/flowSpecs');
  await t.row('2.2', 'POST', '/data/foundation/flowservice/flows', { api: new Headers(t.api, { Authorization: '' }), body: {}, want: refused(403, '403010', 'Oauth token is missing.') });
  await t.row('2.3', 'POST', list, { body: '{"name":"Unlabelled"}', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, want: { status: 201, headers: { 'x-foz-warning': 'content-type' } } });
  await door('2.4', { 'x-sandbox-name': 'nowhere' }, { status: 404, body: { title: 'Sandbox not found' } });
  await door('2.4', { 'x-sandbox-name': 'nowhere' }, { status: 404, body: { type: /FLOW-2100-404/ } }, '/data/foundation/flowservice/flows');
  await door('2.5', {}, { status: 414 }, `${list}?x=${'x'.repeat(9000)}`);

  // 3
  const token = (ref, body, want, path = '/ims/token/v3') => t.row(ref, 'POST', path, { api: new Headers(t.api, { Authorization: '' }), body: body.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, want });
  const form = (more) => new URLSearchParams({ grant_type: 'client_credentials', client_id: credentials.clientId, client_secret: credentials.clientSecret, scope: 'openid,AdobeID session', ...more });
  const claims = await token('3.1', form(), { status: 200, body: { token_type: 'bearer', expires_in: (n) => n > 86000 && n <= 86400 }, headers: { 'cache-control': 'no-store' } });
  const middle = JSON.parse(Buffer.from(claims.access_token.split('.')[1], 'base64'));
  t.holds('3.5', `the token holds ${JSON.stringify(middle)}`, middle.type === 'access_token' && middle.as === 'ims-na1' && /^\d+$/.test(middle.created_at) && middle.expires_in === '86400000' && Number.isInteger(middle.exp));
  await token('3.1', form(), 200, '/ims/token/v2');
  await token('3.1', '', 200, `/ims/token/v2?${form()}`);
  await token('3.4', form({ client_secret: 'wrong' }), { status: 401, body: { error: 'invalid_client', error_description: 'invalid client_secret parameter' } });
  await token('3.4', form({ client_id: 'wrong' }), { status: 401, body: { error: 'invalid_client', error_description: 'invalid client_id parameter' } });
  await token('3.4', 'grant_type=client_credentials', { status: 400, body: { error: 'invalid_request' } });
  await token('3.4', form({ grant_type: 'password' }), { status: 400, body: { error: 'unsupported_grant_type' } });
  await token('3.2', form({ grant_type: 'authorization_code', code: 'x' }), { status: 400, body: { error: 'unsupported_grant_type' } }, '/ims/token/v1');
  await token('3.4', new URLSearchParams({ client_id: credentials.clientId, client_secret: credentials.clientSecret, jwt_token: 'a.b.c' }), { status: 400, body: { error: 'invalid_token' } }, '/ims/exchange/jwt/');
  await t.row('3.1', 'GET', '/ims/token/v3', { want: 405 });
  await t.row('3.5', 'GET', '/ims/keys', { want: { status: 200, body: { keys: Array.isArray } } });
  await t.row('3.5', 'GET', '/ims/nothing', { want: 404 });

  // 5
  const call = (ref, method, path, body, want) => t.row(ref, method, sandboxes + path, { body, want });
  const prod = { name: 'prod', title: 'Prod', state: 'active', type: 'production', isDefault: true, id: /^[0-9a-f-]{36}$/, eTag: Number.isInteger, etag: Number.isInteger, region: /./, createdDate: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, createdBy: (x) => typeof x === 'string' };
  for (const path of ['', '/', '/sandboxes']) await call('5', 'GET', path, undefined, { status: 200, body: { sandboxes: [prod], _page: { limit: 50, count: 1 }, _links: { page: { templated: true } } } });
  await call('5', 'GET', '/sandboxTypes', undefined, { status: 200, body: { sandboxTypes: ['production', 'development'] } });
  await call('5', 'GET', '/sandboxes/prod', undefined, { status: 200, body: prod });
  await call('5', 'GET', '/sandboxes/nowhere', undefined, sms(404, 'SMS-2001-404'));
  for (const query of ['limit=1', 'offset=0', 'limit=x&offset=0']) await call('5.1', 'GET', `/sandboxes?${query}`, undefined, sms(400, 'SMS-2000-400'));
  await call('5.2', 'POST', '/sandboxes', { name: 'dev-1', title: 'Dev 1', type: 'development' }, { status: 202, body: { id: /./, name: 'dev-1', title: 'Dev 1', state: 'creating', type: 'development', region: /./ } });
  await call('5.2', 'GET', '/sandboxes/dev-1', undefined, { status: 200, body: { state: 'active' } });
  await call('5.2', 'POST', '/sandboxes', { name: 'dev-1', title: 'Dev 1', type: 'development' }, sms(409, 'SMS-2002-409'));
  for (const body of [{ name: 'Dev', title: 'x', type: 'development' }, { name: '1a', title: 'x', type: 'development' }, { name: 'a'.repeat(65), title: 'x', type: 'development' }, { name: 'dev-2', title: 'x', type: 'staging' }, { name: 'dev-2', type: 'development' }, { name: '../x', title: 'x', type: 'development' }]) {
    await call('5.2', 'POST', '/sandboxes', body, sms(400, 'SMS-2000-400'));
  }
  await call('5.1', 'GET', '/sandboxes?property=type==development&orderBy=-createdDate&limit=1&offset=0', undefined, { status: 200, body: { sandboxes: (s) => s.length === 1 && s[0].name === 'dev-1' } });
  await call('5.3', 'PATCH', '/sandboxes/dev-1', { title: 'Dev One' }, { status: 200, body: { name: 'dev-1', title: 'Dev One', state: 'active', type: 'development' } });
  await call('5.3', 'PATCH', '/sandboxes/dev-1', { name: 'dev-2' }, sms(400, 'SMS-2000-400'));
  const dev = t.api.in('dev-1');
  await t.row('5.7', 'POST', list, { api: dev, body: { name: 'Only in dev' }, want: 201 });
  await t.row('5.7', 'GET', list, { api: dev, want: { status: 200, body: (b) => Object.keys(b).length === 1 } });
  await call('5.4', 'PUT', '/sandboxes/dev-1', { action: 'clean' }, sms(400, 'SMS-2000-400'));
  await call('5.4', 'PUT', '/sandboxes/dev-1?validationOnly=true', { action: 'reset' }, { status: 200, body: { message: /1 data set/ } });
  await call('5.4', 'PUT', '/sandboxes/dev-1', { action: 'reset' }, { status: 202, body: { state: 'resetting' } });
  await eventually(async () => (await t.api.get(`${sandboxes}/sandboxes/dev-1`)).body.state === 'active', 'the sandbox is active again');
  await t.row('5.4', 'GET', list, { api: dev, want: { status: 200, body: (b) => JSON.stringify(b) === '{}' } });
  await clauses(t, { door, token, form, call, good });
  await call('5.4', 'PUT', '/sandboxes/prod', { action: 'reset' }, sms(400, 'SMS-2074-400'));
  await call('5.5', 'DELETE', '/sandboxes/prod', undefined, sms(400, 'SMS-2073-400'));

  // 4 and 4.1
  await t.row('4.1', 'GET', `${access}/acl/reference`, { want: { status: 200, body: { permissions: { 'manage-datasets': { datasets: ['read', 'write', 'delete'], schemas: ['read'] }, 'manage-schemas': { mixins: ['read', 'write', 'delete'] }, 'reset-sandboxes': { 'reset-sandboxes': ['read', 'write'] } }, 'resource-types': { datasets: ['read', 'write', 'delete'] } } } });
  await t.row('4.1', 'POST', `${access}/acl/effective-policies`, { body: ['/permissions/manage-datasets', '/resource-types/schemas'], want: { status: 200, body: { policies: { '/permissions/manage-datasets': ['*'], '/resource-types/schemas': ['read', 'write', 'delete'] } } } });
  await t.row('4.1', 'GET', `${access}/administration/roles`, { want: { status: 200, body: { items: (i) => i.length === 5 && i.every((one) => one.recordType === 'role' && Array.isArray(one.permissionSets)) } } });
  await t.row('4.1', 'GET', `${access}/administration/users`, { want: refused(501, '501', 'Not available in this version') });
  if (data !== undefined) {
    const viewer = await clientOf(data, 'viewer', 'dev-1');
    const { access_token: word } = (await new Headers(t.api, { Authorization: '' }).call('POST', '/ims/token/v3', new URLSearchParams({ grant_type: 'client_credentials', client_id: viewer.clientId, client_secret: viewer.clientSecret }).toString(), { 'Content-Type': 'application/x-www-form-urlencoded' })).body;
    const seer = new Api({ ...credentials, clientId: viewer.clientId }, word, 'dev-1');
    await t.row('4', 'GET', list, { api: seer, want: 200 });
    await t.row('4', 'POST', list, { api: seer, body: { name: 'x' }, want: { status: 403, body: { title: 'ForbiddenError' } } });
    await t.row('2.4', 'GET', list, { api: seer.in('prod'), want: { status: 404, body: { title: 'Sandbox not found' } } });
    await t.row('4', 'POST', `${sandboxes}/sandboxes`, { api: seer, body: { name: 'x', title: 'x', type: 'development' }, want: sms(403, 'SMS-2003-403') });
    await t.row('4.1', 'POST', `${access}/acl/effective-policies`, { api: seer, body: ['/permissions/manage-datasets', '/resource-types/datasets'], want: { status: 200, body: { policies: { '/permissions/manage-datasets': [], '/resource-types/datasets': ['read'] } } } });
    await t.row('2.2', 'GET', list, { api: new Headers(seer, { 'x-api-key': credentials.clientId }), want: refused(403, '403025', 'Profile is not valid') });
    await run('foz', ['client', 'revoke', '--data', data, viewer.clientId]);
    await t.row('3.5', 'GET', list, { api: seer, want: refused(401, '401013', 'Oauth token is not valid') });
  }
  await call('5.5', 'DELETE', '/sandboxes/dev-1', undefined, { status: 202, body: { state: 'deleted' } });
  await call('5.5', 'GET', '/sandboxes/dev-1', undefined, { status: 200, body: { state: 'deleted' } });
  await t.row('2.4', 'GET', list, { api: dev, want: { status: 404, body: { title: 'Sandbox not found' } } });
}
