// The command line against a running server, and the demo from nothing to rows.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { run, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

describe('commands', () => {
  const folder = temporaryFolder();
  let salesforce, foz, api, ids;
  before(async () => {
    salesforce = await startSimulator('salesforce', { rows: 60 });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
    ids = await createFlow(api, { name: 'People', spec: kSpecs.salesforce, auth: salesforceAuth(salesforce), table: 'Contact' });
    await api.finishedRuns(ids.flow, 1);
  });
  after(async () => {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  });
  const command = (...args) => run('foz', [args[0], '--data', folder.path, ...args.slice(1)]);

  test('token prints a token that works', async () => {
    const { code, out } = await command('token');
    assert.equal(code, 0);
    const answer = await fetch(`${foz.url}/data/foundation/flowservice/flows`, { headers: { ...api.headers(), Authorization: `Bearer ${out.trim()}` } });
    assert.equal(answer.status, 200);
  });

  test('query reads data sets by name', async () => {
    const { code, out, log } = await command('query', '--json', 'SELECT count(*) AS n, count(DISTINCT _id) AS keys FROM people');
    assert.equal(code, 0, log);
    assert.deepEqual(JSON.parse(out.trim().split('\n')[0]), { n: 60, keys: 60 });
  });

  test('query refuses to write and to read files outside of the tables', async () => {
    for (const sql of ['CREATE TABLE t AS SELECT 1', `COPY (SELECT 1) TO '${folder.path}/x.csv'`, "SELECT * FROM read_csv('/etc/passwd')", `SELECT * FROM read_blob('${folder.path}/key')`, "ATTACH '/tmp/x.db'", "INSTALL httpfs"]) {
      const { code, log } = await command('query', sql);
      assert.notEqual(code, 0, sql);
      assert.ok(log.length > 0, sql);
    }
  });

  test('run makes a run and waits for its end', async () => {
    const { code, out, log } = await command('run', ids.flow);
    assert.equal(code, 0, log);
    assert.match(out + log, /success/);
  });

  test('run says what is wrong with a flow that is not there', async () => {
    const { code, log } = await command('run', 'no-such-flow');
    assert.equal(code, 1);
    assert.match(log, /no-such-flow/);
  });

  test('check finds an installation sound, and a key that others can read', async () => {
    const { code, out } = await command('check');
    assert.equal(code, 0, out);
    const { chmodSync } = await import('node:fs');
    chmodSync(join(folder.path, 'key'), 0o644);
    const bad = await command('check');
    chmodSync(join(folder.path, 'key'), 0o600);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /BAD.*key can be read by others/);
  });

  test('xdm import says what it looked for where there is no library', async () => {
    const { code, log } = await run('foz', ['xdm', 'import', '--data', folder.path, join(folder.path, 'nowhere')]);
    assert.equal(code, 1);
    assert.match(log, /there is no component library in .*nowhere: expected \*\.schema\.json files/);
  });

  test('config says where each setting comes from', async () => {
    const { code, out } = await run('foz', ['config', '--data', folder.path, '--set', 'runs.concurrent=3'], { env: { FOZ_RUNS_STALL_MINUTES: '7' } });
    assert.equal(code, 0);
    assert.match(out, /runs\.concurrent\s+3\s+command line/);
    assert.match(out, /runs\.stallMinutes\s+7\s+FOZ_RUNS_STALL_MINUTES/);
  });

  test('a second server on the same data is refused', async () => {
    const { code, log } = await run('foz', ['serve', '--data', folder.path, '--listen', '127.0.0.1:0']);
    assert.equal(code, 1);
    assert.match(log, /another/i);
  });

  test('an open address without TLS is refused', async () => {
    const other = temporaryFolder();
    mkdirSync(other.path, { recursive: true });
    const { code, log } = await run('foz', ['serve', '--data', other.path, '--listen', '0.0.0.0:0']);
    other.remove();
    assert.equal(code, 1);
    assert.match(log, /TLS|insecure/i);
  });

  test('keys and credentials are their owner\'s only', () => {
    for (const file of ['key', 'signing-key.pem', 'credentials.json']) assert.equal(statSync(join(folder.path, file)).mode & 0o777, 0o600, file);
  });

  test('the demo ends with rows of both tutorials', async () => {
    const { code, out, log } = await run('foz', ['demo']);
    assert.equal(code, 0, log);
    assert.match(out, /curl/);
    assert.match(out, /person\.name\.firstName/);
    assert.match(out, /repositoryCreatedBy/);
  });
});
