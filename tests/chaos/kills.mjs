// F01, F02, F37: the process ends at any moment, at each named one, or because it was asked to.
import assert from 'node:assert/strict';
import { checkDisk, checkWhole, crashPoints, killAndRecover } from '../lib/crash.mjs';
import { csvSource, hubspotSource, salesforceSource } from '../lib/sources.mjs';

const points = crashPoints();
let sources = [];

async function atPoint(source, point) {
  const outcome = await killAndRecover(source, { crashAt: point.name });
  const what = `${point.name}, ${source.name}`;
  assert.equal(outcome.died.signal, 'SIGKILL', `${what}: the point was reached`);
  checkDisk(point, outcome.disk);
  checkWhole(outcome, what);
  const others = outcome.disk.found['all pages'] ? 0 : Math.max(0, outcome.disk.slices - 1);
  assert.ok(outcome.fetchedAgain <= point.fetchedAgain + others, `${what}: ${outcome.fetchedAgain} pages fetched again, the table says ${point.fetchedAgain}`);
  return outcome;
}

async function atAnyMoment(source, within, chance, signal) {
  const killAfterMs = Math.floor(chance() * within);
  const outcome = await killAndRecover(source, { killAfterMs, signal });
  checkWhole(outcome, `${source.name} after ${killAfterMs} ms`);
  if (signal === 'SIGTERM') {
    assert.equal(outcome.died.code, 0, 'it ended by itself');
    assert.ok(outcome.diedMs < 10_000, `it ended after ${outcome.diedMs} ms`);
  }
  return outcome;
}

export const kills = {
  about: 'after a crash',
  async open() {
    sources = (await Promise.all([hubspotSource(2500), salesforceSource(52_000), csvSource()])).filter(Boolean);
  },
  close: () => Promise.all(sources.map((source) => source.simulator.stop())),
  faults: [
    { id: 'F01', what: 'kill -9 at a random moment of a run, three sources', ci: 6, full: 200, run: (i, chance) => atAnyMoment(sources[i % sources.length], i % 3 === 1 ? 2000 : 250, chance, 'SIGKILL') },
    // In CI each point with the first source; all of them, with all sources and again and again, behind make chaos.
    ...points.map((point) => ({ id: 'F02', together: 'kill -9 at each named point', what: `kill -9 at ${point.name}`, ci: 1, full: 3, run: (i) => atPoint(sources[i % sources.length], point) })),
    { id: 'F37', what: 'SIGTERM at a random moment of a run', ci: 3, full: 200, run: (i, chance) => atAnyMoment(sources[i % sources.length], i % 3 === 1 ? 2000 : 250, chance, 'SIGTERM') },
  ],
};
