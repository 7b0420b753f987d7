// A file system that is full, for real: a small one in memory, filled up, then freed. Needs root to mount it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createFlow, finishedRun, hubspotAuth, kSpecs, runNow } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const kRows = 20000;
const folder = temporaryFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder.path]).status === 0;

/// Takes all the room that is left, but for what `spare` bytes hold.
function fillUp(file, spare) {
  const handle = openSync(file, 'w');
  try {
    for (let size = 1 << 20; size >= 4096; size /= 2) {
      const block = Buffer.alloc(size);
      for (;;) if (writeSync(handle, block) < size) break;
    }
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
  if (spare > 0) spawnSync('truncate', ['-s', `-${spare}`, file]);
}

describe('a full disk', { skip: mounted ? false : 'no right to mount a small file system' }, () => {
  let hubspot, foz, api, ids;
  const filler = join(folder.path, 'filler');
  before(async () => {
    hubspot = await startSimulator('hubspot', { rows: kRows });
    foz = await startFoz(join(folder.path, 'data'), { allow: [hubspot.url] });
    api = await connect(join(folder.path, 'data'));
    ids = await createFlow(api, {
      name: 'People', spec: kSpecs.hubspot, auth: hubspotAuth(hubspot), table: 'Hubspot.Contacts',
      mappings: { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value' },
      schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 },
    });
  });
  after(async () => {
    await Promise.all([foz?.stop(), hubspot?.stop()]);
    spawnSync('umount', [folder.path]);
    folder.remove();
  });
  const window = { windowStartTime: 0, windowEndTime: Math.floor(Date.now() / 1000) };

  test('the run says so and lands nothing; once there is room, everything lands once', async () => {
    fillUp(filler, 4 << 20);  // the run begins, then its pages do not fit
    const id = await runNow(api, ids.flow, window);
    await eventually(async () => /storage is full/.test(foz.log), 'the run meets the end of the disk');
    assert.equal((await landedRows(api, ids.dataset)).length, 0);
    unlinkSync(filler);
    const run = await finishedRun(api, id, eventually, 150000);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics.statusSummary));
    assert.doesNotMatch(foz.log, /rollback_failed/);
    const tries = foz.log.match(/run\.given_up/g)?.length ?? 0;
    assert.ok(tries <= 10, `${tries} tries: a full disk is no reason to be busy`);
    const rows = await landedRows(api, ids.dataset);
    assert.equal(rows.length, kRows);
    assert.equal(new Set(rows.map((row) => row._id)).size, kRows);
  });

  test('a write to the store is refused with 503, names the disk and leaves nothing', async () => {
    const count = async () => (await api.get('/data/foundation/schemaregistry/tenant/schemas', { Accept: 'application/vnd.adobe.xed-id+json' })).body.results.length;
    const before = await count();
    fillUp(filler, 0);
    const answers = [];
    for (let i = 0; i < 400 && answers.at(-1)?.status !== 503; ++i) {
      answers.push(await api.post('/data/foundation/schemaregistry/tenant/schemas', { type: 'object', title: `Schema ${i} ${'x'.repeat(2000)}`, allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/profile' }] }));
    }
    const refused = answers.at(-1);
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.match(JSON.stringify(refused.body), /disk|full|space/i);
    unlinkSync(filler);
    assert.equal(await count(), before + answers.length - 1);
    const fine = await api.post('/data/foundation/schemaregistry/tenant/schemas', { type: 'object', title: 'After', allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/profile' }] });
    assert.equal(fine.status, 201);
  });
});
