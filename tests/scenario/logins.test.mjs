// Logins whose refresh token changes with each use: it outlives kills, and two flows of one connection renew it once (2.2, pain 14).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { filesBelow } from '../lib/disk.mjs';
import { createConnection, createFlow, finishedRun, hubspotAuth, kSpecs, runNow } from '../lib/flows.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const refreshAuth = (simulator, more = {}) => ({
  specName: 'OAuth2 Refresh Code',
  params: { environmentUrl: simulator.url, clientId: simulator.clientId, clientSecret: simulator.clientSecret, refreshToken: simulator.refreshToken, ...more },
});

async function world(t, vendor, options) {
  const simulator = await startSimulator(vendor, options);
  t.after(() => simulator.stop());
  await simulator.control('settings', { rotateRefreshToken: 1 });
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const state = { simulator, folder, data };
  state.start = async () => {
    state.foz = await startFoz(data, { allow: [simulator.url] });
    state.api = await connect(data);
  };
  await state.start();
  t.after(async () => {
    await state.foz.stop();
    folder.remove();
  });
  return state;
}

async function works(state, connection) {
  const { body } = await state.api.get(state.api.flow(`/connections/${connection}/test`));
  assert.deepEqual(body, { result: true }, JSON.stringify(body));
}

for (const [vendor, spec, auth] of [['salesforce', kSpecs.salesforce, refreshAuth], ['hubspot', kSpecs.hubspot, hubspotAuth]]) {
  test(`a refresh token of ${vendor} that was rotated outlives kills between its renewal and its use`, async (t) => {
    const state = await world(t, vendor);
    const connection = await createConnection(state.api, 'Account', spec, auth(state.simulator));
    for (let round = 0; round < 3; ++round) {
      await state.simulator.control('faults', { expireTokens: 'all' });
      const before = (await state.simulator.control('counters')).vendor.tokensIssued;
      // The call behind the renewal waits: the process dies with a token in hand that nothing was done with.
      await state.simulator.control('faults', { clear: true, rules: [{ kind: 'latency', latencyMs: 1500, path: vendor === 'salesforce' ? '/services/data*' : '/account-info*' }] });
      const asked = state.api.get(state.api.flow(`/connections/${connection}/test`)).catch(() => {});
      await eventually(async () => (await state.simulator.control('counters')).vendor.tokensIssued > before, 'the token is renewed', 10000, 10);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await state.foz.stop('SIGKILL');
      await asked;
      await state.simulator.control('faults', { clear: true });
      await state.start();
      await works(state, connection);
    }
    const secret = state.simulator.refreshToken;
    for (const file of filesBelow(state.data)) assert.ok(!readFileSync(file).includes(secret), `${file} holds a refresh token in the clear`);
  });
}

test('two flows of one connection renew its login once', async (t) => {
  const state = await world(t, 'salesforce', { rows: 6000 });
  const base = await createConnection(state.api, 'Shared', kSpecs.salesforce, refreshAuth(state.simulator));
  const flows = [];
  for (const table of ['Contact', 'Account']) {
    const mappings = { _id: 'Id', 'person.name.lastName': table === 'Contact' ? 'LastName' : 'Name' };
    flows.push(await createFlow(state.api, { name: table, base, table, mappings, schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 } }));
  }
  await state.simulator.control('faults', { expireTokens: true });
  const before = (await state.simulator.control('counters')).vendor.tokensIssued;
  await state.simulator.control('faults', { rules: [{ kind: 'latency', latencyMs: 300, path: '*/oauth2/token' }] });
  const runs = await Promise.all(flows.map(({ flow }) => runNow(state.api, flow)));
  for (const run of runs) {
    const ended = await finishedRun(state.api, run, eventually);
    assert.equal(ended.metrics.statusSummary.status, 'success', JSON.stringify(ended.metrics.statusSummary));
  }
  assert.equal((await state.simulator.control('counters')).vendor.tokensIssued - before, 1);
});

test('an interactive login is exchanged once, for good', async (t) => {
  const state = await world(t, 'salesforce');
  await state.simulator.control('settings', { requireClientSecret: 0 });
  const redirectUri = 'https://foz.example/back';
  const consent = async () => {
    const codeVerifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code', client_id: state.simulator.clientId, redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'), code_challenge_method: 'S256',
    });
    const back = await fetch(`${state.simulator.url}/services/oauth2/authorize?${query}`, { redirect: 'manual' });
    return { code: new URL(back.headers.get('location')).searchParams.get('code'), redirectUri, codeVerifier, clientSecret: undefined, refreshToken: undefined };
  };
  const given = await consent();
  const connection = await createConnection(state.api, 'Interactive', kSpecs.salesforce, refreshAuth(state.simulator, given));
  const shown = async () => (await state.api.get(state.api.flow(`/connections/${connection}`))).body.items[0];
  const { environmentUrl, clientId } = refreshAuth(state.simulator).params;
  assert.deepEqual((await shown()).auth.params, { environmentUrl, clientId, redirectUri, refreshToken: '********' });
  await state.foz.stop('SIGKILL');
  await state.start();
  await works(state, connection);
  const again = await state.api.post(state.api.flow('/connections'), { name: 'Twice', connectionSpec: { id: kSpecs.salesforce, version: '1.0' }, auth: refreshAuth(state.simulator, given) });
  assert.equal(again.status, 400, JSON.stringify(again.body));
  const text = JSON.stringify(again.body);
  assert.match(text, /good for once/);
  assert.ok(!text.includes(given.code) && !text.includes(given.codeVerifier), text);
});
