// How families of faults are written down and run. A fault has an id of its own, says what it does, how often in CI (`ci`) and at full
// size (`full`), and `run(i, chance)` does case i: it throws where a promise is broken and returns what the table shows:
// {lost, doubled, recoveryMs, failed: the run failed and said so}. `describe` of a family runs its CI sizes under node's test runner.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

/// A sequence of numbers in [0, 1) that a seed gives again.
export function chanceFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const seedOf = () => Number(process.env.FOZ_CHAOS_SEED ?? Date.now() % 1_000_000);

/// The CI sizes of a family as tests. A family: {about, open(): Promise, close(): Promise, faults: [...]}.
export function testFamily(family) {
  const seed = seedOf();
  describe(family.about, () => {
    before(() => family.open());
    after(() => family.close());
    for (const fault of family.faults) {
      if (fault.ci === 0) continue;
      test(`${fault.id}: ${fault.what}`, async (t) => {
        for (let i = 0; i < fault.ci; ++i) {
          const name = `${fault.id}, case ${i}, seed ${seed}`;
          const outcome = await fault.run(i, chanceFrom(seed + i)).catch((error) => {
            error.message = `${name}: ${error.message}`;
            throw error;
          });
          if (outcome === undefined) return t.skip(fault.skipped ?? 'not here');
          assert.deepEqual([outcome.lost ?? 0, outcome.doubled ?? 0], [0, 0], `${name}: rows lost and doubled`);
        }
      });
    }
  });
}
