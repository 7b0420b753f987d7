// F08-F11, F14, F35: vendors whose tokens die, who are busy, stumble, lie, repeat themselves, or fall silent.
// The same storms in virtual time, thousands of pages long, are src/sources/storms_test.cc.
import assert from 'node:assert/strict';
import { eventually, pause } from '../lib/processes.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { openRig, runUnder } from '../lib/runs.mjs';
import { callsSince, hubspotSource, lastCall } from '../lib/sources.mjs';

const kPages = '/crm/v3/objects/*';
let hubspot;

/// Runs under fire must land everything.
async function lands(rules, more) {
  const outcome = await runUnder(hubspot, rules, more);
  assert.equal(outcome.status, 'success', JSON.stringify(outcome.run.metrics));
  return outcome;
}

/// A login by the refresh token that is good by now (each case rotates it), without an access token to begin with: that one is the
/// app's own and does not die.
async function renewingLogin() {
  const { params } = hubspot.auth;
  const form = new URLSearchParams({ grant_type: 'authorization_code', client_id: params.clientId, client_secret: params.clientSecret, code: 'sim-code' });
  const answer = await fetch(`${hubspot.simulator.url}/oauth/v1/token`, { method: 'POST', body: form });
  const { refresh_token: refreshToken } = await answer.json();
  return { ...hubspot.auth, params: { ...params, accessToken: '{ACCESS_TOKEN}', refreshToken } };
}

/// Many flows of one account while its tokens die: how often they were renewed, by the vendor's own journal.
async function tokensDie(flows, every) {
  const auth = await renewingLogin();
  await hubspot.simulator.control('settings', { rotateRefreshToken: 1 });
  const rig = await openRig(hubspot, { auth, env: { FOZ_RUNS_CONCURRENT: String(flows) } });
  try {
    const all = [];
    for (let i = 0; i < flows; ++i) all.push(await rig.flow());
    const since = await lastCall(hubspot);
    // Every renewal meets a token endpoint that is away at first.
    await rig.faults([{ kind: 'expireTokens', path: kPages, every }, { kind: 'status', status: 503, path: '/oauth/*', every: 9, times: 2 }]);
    const begun = Date.now();
    const ids = await Promise.all(all.map((flow) => rig.begin(flow)));
    const runs = await Promise.all(ids.map((id) => rig.end(id)));
    const recoveryMs = Date.now() - begun;
    for (const run of runs) assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    const calls = (await callsSince(hubspot, since)).sort((a, b) => a.number - b.number);
    const expiries = calls.filter((call) => call.faults?.includes('expireTokens')).length;
    const renewals = calls.filter((call) => call.path.startsWith('/oauth/') && call.status === 200).length;
    const refused = calls.filter((call) => call.status === 401).length;
    assert.ok(renewals > 0 && renewals <= expiries, `${renewals} renewals for ${expiries} tokens that died`);
    assert.ok(refused <= flows * renewals, `${refused} calls refused: more than one for each worker and token`);
    let lost = 0, doubled = 0;
    for (const flow of all) {
      const landed = await rig.landed(flow);
      lost += Math.abs(landed.lost), doubled += landed.doubled;
    }
    return { lost, doubled, recoveryMs };
  } finally {
    await hubspot.simulator.control('settings', { rotateRefreshToken: 0 });
    await rig.close();
  }
}

/// The token endpoint is away for some minutes while the token dies: the run waits, tries again, and lands everything.
async function tokenOutage(minutes) {
  const auth = await renewingLogin();
  const rig = await openRig(hubspot, { auth });
  try {
    const ids = await rig.flow();
    await rig.faults([{ kind: 'expireTokens', path: kPages, skip: 5, times: 1 }, { kind: 'status', status: 503, path: '/oauth/*', skip: 1 }]);
    const begun = Date.now();
    const id = await rig.begin(ids);
    await pause(minutes * 60_000);
    await rig.calm();
    const run = await rig.end(id, 20 * 60_000);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    return { ...(await rig.landed(ids)), recoveryMs: Date.now() - begun - minutes * 60_000 };
  } finally {
    await rig.close();
  }
}

/// A line that falls silent in the middle of a run: it leaves inProgress with a reason; or it is cancelled meanwhile.
async function silence(cancelled) {
  const proxy = await startProxy(hubspot.simulator.url);
  const auth = { ...hubspot.auth, params: { ...hubspot.auth.params, baseUrl: proxy.url } };
  const rig = await openRig(hubspot, { url: proxy.url, auth, env: { FOZ_RUNS_STALL_MINUTES: '0.1' } });
  try {
    const ids = await rig.flow();
    await rig.faults([{ kind: 'latency', path: kPages, latencyMs: 100 }]);
    const id = await rig.begin(ids);
    const stateOf = async () => (await rig.api.get(rig.api.flow(`/runs/${id}`))).body.items[0];
    await eventually(async () => (await stateOf()).metrics.statusSummary.status === 'inProgress', 'the run is under way');
    await pause(500);
    proxy.mode = 'silent';
    const begun = Date.now();
    if (cancelled) {
      const answer = await rig.api.post(rig.api.flow(`/runs/${id}/action?op=cancel`));
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const run = await rig.end(id, 5000);
      assert.equal(run.metrics.statusSummary.errors[0].code, 'FOZ-RUN-CANCELLED');
      await eventually(() => /run\.cancelled/.test(rig.foz.log), 'the run lets go', 5000);
      assert.equal((await rig.landed(ids)).keys.length, 0);
      return { recoveryMs: Date.now() - begun };
    }
    const run = await eventually(async () => {
      const now = await stateOf();
      return now.metrics.statusSummary.status !== 'inProgress' && now;
    }, 'the run leaves inProgress', 60000);
    assert.equal(run.metrics.statusSummary.status, 'queued', JSON.stringify(run.metrics));
    assert.match(run.metrics.statusSummary.errors[0].message, /nothing moved|time-out|timed out|slow/i);
    const recoveryMs = Date.now() - begun;
    await rig.api.post(rig.api.flow(`/runs/${id}/action?op=cancel`));
    return { recoveryMs };
  } finally {
    await rig.close();
    await proxy.stop();
  }
}

/// A source that would never end.
async function loops() {
  const rig = await openRig(hubspot);
  try {
    const ids = await rig.flow();
    const since = await lastCall(hubspot);
    await rig.faults([{ kind: 'loopPage', path: kPages, skip: 3 }]);
    const begun = Date.now();
    const id = await rig.begin(ids);
    const run = await eventually(async () => {
      const { body } = await rig.api.get(rig.api.flow(`/runs/${id}`));
      return body.items[0].metrics.statusSummary.errors.length > 0 && body.items[0];
    }, 'the run tells of the loop');
    assert.match(run.metrics.statusSummary.errors[0].message, /repeats a page handle|the same page came twice/);
    const asked = (await callsSince(hubspot, since)).filter(hubspot.isPage).length;
    assert.ok(asked <= 3 + 2, `${asked} pages were asked for: the loop was not seen within two repeats`);
    assert.equal((await rig.landed(ids)).keys.length, 0);
    return { recoveryMs: Date.now() - begun };
  } finally {
    await rig.close();
  }
}

export const vendors = {
  about: 'a vendor in trouble',
  async open() {
    hubspot = await hubspotSource(3000);
  },
  close: () => hubspot.simulator.stop(),
  faults: [
    { id: 'F08', what: 'access tokens die again and again under 8 flows of one account, the token endpoint stumbles', ci: 1, full: 20, run: () => tokensDie(8, 40) },
    { id: 'F08', what: 'the token endpoint is away for five minutes when a token dies', ci: 0, full: 1, run: () => tokenOutage(5) },
    {
      id: 'F09', what: '429 with Retry-After in seconds, as a date, negative, missing', ci: 1, full: 12,
      run: (i) => lands([{ kind: 'status', path: kPages, status: 429, every: 9, times: 3, retryAfter: ['1', new Date(Date.now() + 4000).toUTCString(), '-5', undefined][i % 4] }]),
    },
    {
      id: 'F10', what: '500, 502, 503, cut and reset connections', ci: 1, full: 30,
      run: (i, chance) => lands([
        { kind: 'status', path: kPages, status: [500, 502, 503][i % 3], body: 'html', skip: Math.floor(chance() * 10), every: 7, times: 3 },
        { kind: 'cut', path: kPages, bytes: Math.floor(chance() * 5000), skip: Math.floor(chance() * 10), every: 8, times: 2 },
      ]),
    },
    {
      id: 'F11', what: 'pages cut off, plain and in the middle of gzip', ci: 2, full: 40,
      run: (i, chance) => lands([{ kind: i % 2 ? 'cut' : 'cutGzip', path: kPages, bytes: 1 + Math.floor(chance() * 8000), every: 7, times: 4 }]),
    },
    { id: 'F14', what: 'a page whose next handle leads back to it: seen at once, said, nothing taken', ci: 1, full: 10, run: loops },
    { id: 'F14', what: 'repeated, empty and looping pages, each once', ci: 0, full: 9, run: (i) => lands([{ kind: ['repeatPage', 'emptyPage', 'loopPage'][i % 3], path: kPages, skip: 3, times: 1 }]) },
    { id: 'F35', what: 'a line that falls silent: the run leaves inProgress and says why', ci: 1, full: 5, run: () => silence(false) },
    { id: 'F35', what: 'a run on a silent line is cancelled within 5 s', ci: 1, full: 5, run: () => silence(true) },
  ],
};
