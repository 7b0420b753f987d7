// F35: a run is cancelled while it stands at a named point (docs/crash-points.md).
import assert from 'node:assert/strict';
import { crashPoints, leftovers } from '../lib/crash.mjs';
import { eventually } from '../lib/processes.mjs';
import { openRig } from '../lib/runs.mjs';
import { hubspotSource } from '../lib/sources.mjs';

let hubspot;

/// The run is over within five seconds, named cancelled unless its commit came first; what it had read or written is gone.
async function cancelled(point) {
  const rig = await openRig(hubspot, { env: { FOZ_HOLD_AT: point } });
  try {
    const ids = await rig.flow();
    const id = await rig.begin(ids);
    await eventually(() => rig.foz.log.includes('crash_point.held'), `the run comes to ${point}`);
    const begun = Date.now();
    const answer = await rig.api.post(rig.api.flow(`/runs/${id}/action?op=cancel`));
    const run = await rig.end(id, 5000);
    const recoveryMs = Date.now() - begun;
    const landed = await rig.landed(ids);
    const committed = run.metrics.statusSummary.status === 'success';
    assert.equal(committed, point === 'run.inside_commit' || point === 'run.after_commit', `${point}: ${JSON.stringify(run.metrics)}`);
    if (committed) {
      assert.equal(answer.status, 400, 'what is over is not cancelled');
    } else {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(run.metrics.statusSummary.errors[0].code, 'FOZ-RUN-CANCELLED');
      assert.deepEqual(landed.keys, [], 'nothing of it is visible');
    }
    await eventually(() => leftovers(rig.folder).length === 0, `${point}: nothing is left of it`, 10_000);
    return { recoveryMs, ...(committed && landed) };
  } finally {
    await rig.close();
  }
}

export const cancels = {
  about: 'a run that is cancelled',
  async open() {
    hubspot = await hubspotSource(1000);
  },
  close: () => hubspot.simulator.stop(),
  faults: crashPoints()
    .filter(({ name }) => !name.startsWith('schedule.'))
    .map(({ name }, i) => ({ id: 'F35', together: 'cancelled at each named point', what: `cancelled at ${name}`, ci: i % 4 === 0 || name === 'run.inside_commit' ? 1 : 0, full: 2, run: () => cancelled(name) })),
};
