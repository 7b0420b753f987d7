// How often a client may ask, and an address fail to log in: 429 with Retry-After (sandbox and authentication contract, 2.2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { pause, run, startFoz, temporaryFolder } from '../lib/processes.mjs';

const kLists = ['/data/foundation/flowservice/flows', '/data/foundation/catalog/batches', '/data/foundation/schemaregistry/stats', '/data/foundation/import/batches/x/datasets/y/preview', '/data/foundation/export/batches/x/files', '/data/foundation/conversion/mappingSets'];

async function served(env, promise) {
  const folder = temporaryFolder();
  const foz = await startFoz(folder.path, { env: { FOZ_LOG_LEVEL: 'error', ...env } });
  try {
    await promise(foz, folder.path);
  } finally {
    await foz.stop();
    folder.remove();
  }
}

test('a client that asks too often is told when to come back', () =>
  served({ FOZ_GATEWAY_REQUESTS_PER_SECOND: '1', FOZ_GATEWAY_REQUEST_BURST: '3' }, async (foz, data) => {
    const api = await connect(data);
    for (let i = 0; i < 3; i++) assert.equal((await api.get(kLists[1])).status, 200);
    for (const path of kLists) {
      const refused = await api.get(path);
      assert.equal(refused.status, 429, path);
      assert.deepEqual(refused.body, { error_code: '429001', message: 'Too many requests' });
      assert.equal(refused.headers.get('retry-after'), '1');
    }
    assert.equal((await fetch(`${foz.url}/foz/health`)).status, 200, 'a monitor is no API client');
    const metrics = await (await fetch(`${foz.url}/foz/metrics`)).text();
    assert.match(metrics, new RegExp(`foz_http_server_limited_total\\{limit="requests"\\} ${kLists.length}\n`));
    const { out } = await run('foz', ['client', 'add', 'other', '--data', data, '--role', 'viewer']);
    const other = { clientId: /clientId +(\S+)/.exec(out)[1], clientSecret: /clientSecret +(\S+)/.exec(out)[1] };
    const answer = await fetch(`${foz.url}/ims/token/v3`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: other.clientId, client_secret: other.clientSecret }) });
    const { access_token: token } = await answer.json();
    assert.equal((await api.get(kLists[1], { Authorization: `Bearer ${token}`, 'x-api-key': other.clientId })).status, 200, 'another client has its own');
    await pause(1100);
    assert.equal((await api.get(kLists[1])).status, 200);
  }));

test('on loopback nobody is limited unless a setting says so', () =>
  served({ FOZ_GATEWAY_REQUEST_BURST: '1' }, async (foz, data) => {
    const api = await connect(data);
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await api.get(kLists[1])).status));
    assert.ok(statuses.every((status) => status === 200));
  }));

test('secrets are not guessed', () =>
  served({ FOZ_AUTH_FAILED_LOGINS_PER_MINUTE: '4' }, async (foz, data) => {
    const api = await connect(data);
    const ask = (secret) => fetch(`${foz.url}/ims/token/v3`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: api.credentials.clientId, client_secret: secret }) });
    for (let i = 0; i < 6; i++) assert.equal((await ask(api.credentials.clientSecret)).status, 200);
    const statuses = (await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`guess ${i}`)))).map((answer) => answer.status);
    assert.deepEqual([statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 429).length], [4, 16], 'at once as well as one by one');
    const refused = await ask(api.credentials.clientSecret);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1 && Number(refused.headers.get('retry-after')) <= 15);
    assert.equal((await refused.json()).error, 'too_many_requests');
    assert.equal((await api.get(kLists[1])).status, 200, 'tokens that are out go on');
  }));
