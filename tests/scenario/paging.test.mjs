// Tables that change while they are read, a few runs long; and that the reader runs ahead of the load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paging } from '../chaos/paging.mjs';
import { testFamily } from '../chaos/table.mjs';
import { eventually } from '../lib/processes.mjs';
import { openRig } from '../lib/runs.mjs';
import { callsSince, hubspotSource, lastCall } from '../lib/sources.mjs';

testFamily(paging);

test('pages that follow each other are fetched while the one before is loaded', async () => {
  const source = await hubspotSource(3000);
  const rig = await openRig(source, { env: { FOZ_HOLD_AT: 'load.after_page' } });
  try {
    const ids = await rig.flow();
    const since = await lastCall(source);
    const id = await rig.begin(ids);
    await eventually(() => rig.foz.log.includes('crash_point.held'), 'the load stands at its first page');
    const pages = async () => (await callsSince(source, since)).filter(source.isPage).length;
    await eventually(async () => (await pages()) > 5, 'further pages come meanwhile', 1500);
    await rig.end(id);
    assert.equal((await rig.landed(ids)).lost, 0);
  } finally {
    await rig.close();
    await source.simulator.stop();
  }
});
