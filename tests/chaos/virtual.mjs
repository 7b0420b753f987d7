// F08-F11 in virtual time, where a storm of ten thousand pages takes seconds: the tests of the rooms at full size, which FOZ_CHAOS_SCALE
// reaches as it is. F38: whole worlds on simulated time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { program } from '../lib/processes.mjs';

/// Runs some tests of a program; nothing where it was not built.
function tests(name, filter, scale) {
  if (!existsSync(program(name))) return undefined;
  const ended = spawnSync(program(name), [`--gtest_filter=${filter}`], { encoding: 'utf8', env: { ...process.env, FOZ_CHAOS_SCALE: String(scale * Number(process.env.FOZ_CHAOS_SCALE ?? 1)) } });
  assert.match(ended.stdout, /\[  PASSED  \] [1-9]/, ended.stdout.slice(-2000));
  assert.equal(ended.status, 0, ended.stdout.slice(-3000));
  return {};
}

/// A world from a seed: what it broke is in the error, with the command that plays it again.
function world(seed) {
  if (!existsSync(program('foz-simulation'))) return undefined;
  const ended = spawnSync(program('foz-simulation'), ['--seed', String(seed)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(ended.status, 0, ended.stdout.slice(-3000) + ended.stderr.slice(-1000));
  return {};
}

const skipped = 'the tests were not built';

export const virtual = {
  about: 'storms in virtual time',
  open: async () => {},
  close: async () => {},
  faults: [
    { id: 'F08', what: 'virtual time: one renewal for each token that dies, eight workers', full: 1, skipped, run: async () => tests('foz_sources_test', 'Storms.OneRenewal*', 5) },
    { id: 'F09', what: 'virtual time: 429 for six answers in ten, 10,000 pages', full: 1, skipped, run: async () => tests('foz_sources_test', 'Storms.*Busy*', 10) },
    { id: 'F10', what: 'virtual time: one call in five fails, 200 pages for each of 50 seeds', full: 1, skipped, run: async () => tests('foz_sources_test', 'Storms.*Stumbles*', 10) },
    { id: 'F11', what: 'an answer that ends at every byte of it', full: 1, skipped, run: async () => tests('foz_http_test', 'Truncation*', 1) },
    { id: 'F38', what: 'simulated worlds of twenty flows, all faults mixed', full: 100, skipped, run: async (i, chance) => world(Math.floor(chance() * 2 ** 32)) },
  ],
};
