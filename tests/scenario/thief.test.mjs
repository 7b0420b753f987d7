// A vendor whose answers are forged: a second simulator, the thief, must not get a single call (F25, issue 6).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, dynamicsAuth, hubspotAuth, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const vendors = {
  salesforce: { auth: salesforceAuth, table: 'Contact', mappings: { _id: 'Id' }, rows: 4500 },
  dynamics: { auth: dynamicsAuth, table: 'contact', mappings: { _id: 'contactid' }, rows: 11000 },
  hubspot: { auth: hubspotAuth, table: 'Hubspot.Contacts', mappings: { _id: 'Vid' }, rows: 300 },
};

for (const [vendor, { auth, table, mappings, rows }] of Object.entries(vendors)) {
  describe(`forged answers of ${vendor}`, () => {
    const folder = temporaryFolder();
    let victim, thief, foz, api;
    before(async () => {
      [victim, thief] = await Promise.all([startSimulator(vendor, { rows }), startSimulator(vendor, { rows: 10 })]);
      foz = await startFoz(folder.path, { allow: [victim.url] });
      api = await connect(folder.path);
    });
    after(async () => {
      await Promise.all([foz?.stop(), victim?.stop(), thief?.stop()]);
      folder.remove();
    });

    const stolen = async () => (await thief.control('journal')).entries.filter((entry) => !entry.path.startsWith('/_sim'));

    test('an account at the thief is refused before anything is sent', async () => {
      const { status, body } = await api.post(api.flow('/connections'), { name: 'Typed', connectionSpec: { id: kSpecs[vendor], version: '1.0' }, auth: auth({ ...victim, url: thief.url }) });
      assert.ok(status >= 400, JSON.stringify(body));
      assert.match(JSON.stringify(body), /sources\.allow/);
      assert.deepEqual(await stolen(), []);
    });

    test('forged logins, next pages and redirects lead nowhere', async () => {
      for (const fault of [{ kind: 'forge', url: thief.url }, { kind: 'nextLinkHost', host: thief.url }, { kind: 'redirect', location: `${thief.url}/` }]) {
        const start = Math.floor(Date.now() / 1000) + 2;
        const ids = await createFlow(api, { name: fault.kind, spec: kSpecs[vendor], auth: auth(victim), table, mappings, schedule: { startTime: start, frequency: 'day', interval: 1 } });
        await victim.control('faults', { clear: true, expireTokens: 'all' });
        await victim.control('faults', [fault]);
        if (fault.kind === 'forge') await api.post(api.flow('/connections'), { name: 'Forged', connectionSpec: { id: kSpecs[vendor], version: '1.0' }, auth: auth(victim) });
        await eventually(async () => (await victim.control('faults')).some((rule) => rule.met > 0), `${fault.kind} is met`);
        await eventually(async () => (await api.runs(ids.flow)).some((run) => run.metrics.statusSummary.status !== 'inProgress'), 'the run has come to what the forgery leads to');
        await api.post(api.flow(`/flows/${ids.flow}/action?op=disable`));
        await victim.control('faults', { clear: true });
        assert.deepEqual(await stolen(), [], fault.kind);
      }
    });
  });
}
