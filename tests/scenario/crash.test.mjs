// Killed at every named point, and at any moment: after the next start every row is there, once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { crashPoints, hubspotSource, killAndRecover, salesforceSource } from '../lib/crash.mjs';

describe('after a crash', () => {
  let sources;
  before(async () => {
    sources = await Promise.all([hubspotSource(2500), salesforceSource(5200)]);
  });
  after(() => Promise.all(sources.map((source) => source.simulator.stop())));

  function checkWhole(outcome, what) {
    assert.equal(outcome.status, 'success', `${what}: ${JSON.stringify(outcome.metrics)}`);
    assert.deepEqual([outcome.lost, outcome.doubled], [0, 0], `${what}: rows lost and doubled`);
    assert.ok(outcome.pagesTooMany <= 1, `${what}: ${outcome.pagesTooMany} pages were asked for a second time`);
    assert.equal(outcome.runs, 1, `${what}: one run, that went on`);
    assert.ok(outcome.recoveryMs < 15000, `${what}: it took ${outcome.recoveryMs} ms to go on and end`);
  }

  for (const point of crashPoints()) {
    test(`at ${point}`, async () => {
      const outcome = await killAndRecover(sources[0], { crashAt: point });
      assert.equal(outcome.died.signal, 'SIGKILL', 'the point was reached');
      checkWhole(outcome, point);
    });
  }

  test('at a random moment of a run', async () => {
    for (let i = 0; i < 8; ++i) {
      const killAfterMs = Math.floor(Math.random() * 250);
      checkWhole(await killAndRecover(sources[i % 2], { killAfterMs }), `${sources[i % 2].name} after ${killAfterMs} ms`);
    }
  });

  test('asked to end, a server checkpoints in time and the next one goes on', async () => {
    const [hubspot] = sources;
    await hubspot.simulator.control('faults', { rules: [{ kind: 'latency', path: '/crm/*', latencyMs: 60 }] });
    try {
      const begun = Date.now();
      const outcome = await killAndRecover(hubspot, { killAfterMs: 500, signal: 'SIGTERM' });
      assert.equal(outcome.died.code, 0);
      assert.ok(Date.now() - begun - outcome.recoveryMs < 10000, 'it ended within ten seconds');
      checkWhole(outcome, 'SIGTERM');
    } finally {
      await hubspot.simulator.control('faults', { clear: true });
    }
  });
});
