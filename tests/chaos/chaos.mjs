// Faults on purpose against whole runs: processes killed, vendors that stumble, pages that lie. What lands is read with a Parquet
// reader that shares nothing with Foz and compared with the source by keys. Prints a table; ends with 1 when a row was lost or doubled.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../lib/api.mjs';
import { crashPoints, csvSource, hubspotSource, killAndRecover, salesforceSource } from '../lib/crash.mjs';
import { createFlow } from '../lib/flows.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { startFoz, temporaryFolder } from '../lib/processes.mjs';

const scale = Number(process.env.FOZ_CHAOS_SCALE ?? 1);
const wanted = new Set(process.argv.slice(2));
const shared = process.env.FOZ_SHARED ?? new URL('../../../shared', import.meta.url).pathname;
const profiles = join(shared, 'data/CRM_profiles.csv');
const cases = (count) => Math.max(1, Math.round(count * scale));

let seed = Number(process.env.FOZ_CHAOS_SEED ?? Date.now() % 1_000_000);
console.log(`seed ${seed} (FOZ_CHAOS_SEED replays it)`);
function chance() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

const sources = [await hubspotSource(3000), await salesforceSource(5200)];
if (existsSync(profiles)) sources.push(await csvSource(profiles, 259));
const [hubspot] = sources;

/// One whole run while `rules` are in force.
async function runUnder(source, rules, { before, env = {} } = {}) {
  const folder = temporaryFolder();
  await source.simulator.control('faults', { clear: true });
  const foz = await startFoz(folder.path, { allow: [source.simulator.url], env });
  try {
    const api = await connect(folder.path);
    const { base } = await createFlow(api, { ...source, name: 'warm up', schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 } });
    await before?.(source);
    await source.simulator.control('faults', { rules });
    const begun = Date.now();
    // The look at the source while the flow is made meets the faults, too, and may give up: asked again, as a script would.
    let ids;
    for (let tries = 0; !ids && tries < 20; ++tries) ids = await createFlow(api, { ...source, name: `run ${tries}`, base }).catch(() => undefined);
    if (!ids) throw new Error('no flow could be made');
    const [run] = await api.finishedRuns(ids.flow, 1, 180000);
    const recoveryMs = Date.now() - begun;
    await source.simulator.control('faults', { clear: true });
    const keys = (await landedRows(api, ids.dataset)).map((row) => row._id);
    const distinct = new Set(keys).size;
    const status = run.metrics.statusSummary.status;
    return { status, lost: status === 'failed' ? 0 : source.rows - distinct, doubled: keys.length - distinct, recoveryMs, failed: status === 'failed', errors: run.metrics.statusSummary.errors };
  } finally {
    await source.simulator.control('faults', { clear: true });
    await foz.stop('SIGKILL');
    folder.remove();
  }
}


const faults = {
  F01: {
    what: 'kill -9 at a random moment of a run',
    count: cases(60),
    run: (i) => killAndRecover(sources[i % sources.length], { killAfterMs: Math.floor(chance() * 300) }),
  },
  F02: {
    what: 'kill -9 at each named point',
    count: crashPoints().length,
    run: (i) => killAndRecover(hubspot, { crashAt: crashPoints()[i] }),
  },
  F08: {
    what: 'every access token dies again and again',
    count: cases(4),
    run: () => runUnder(hubspot, [{ kind: 'expireTokens', path: '/crm/v3/objects/*', every: 4 }]),
  },
  F09: {
    what: '429 for six calls in ten, with and without Retry-After',
    count: cases(2),
    run: (i) => runUnder(sources[0], [{ kind: 'status', path: '/crm/v3/objects/*', status: 429, probability: 0.4, ...(i % 2 ? { retryAfter: '0' } : {}), times: 12 }]),
  },
  F10: {
    what: '500, 502, 503 and cut connections',
    count: cases(3),
    run: (i) => runUnder(sources[0], [{ kind: 'status', path: '/crm/v3/objects/*', status: [500, 502, 503][i % 3], body: 'html', probability: 0.08, times: 6 }, { kind: 'cut', path: '/crm/v3/objects/*', bytes: 2000, probability: 0.08, times: 6 }]),
  },
  F11: {
    what: 'pages cut off, plain and in the middle of gzip',
    count: cases(6),
    run: (i) => runUnder(sources[0], [{ kind: i % 2 ? 'cut' : 'cutGzip', path: '/crm/v3/objects/*', bytes: 200 + Math.floor(chance() * 6000), every: 7, times: 4 }]),
  },
  F14: {
    what: 'repeated, empty and looping pages',
    count: cases(6),
    run: (i) => runUnder(sources[0], [{ kind: ['repeatPage', 'emptyPage', 'loopPage'][i % 3], path: '/crm/v3/objects/*', skip: 3, times: 1 }]),
  },
  F37: {
    what: 'SIGTERM in the middle of a run',
    count: cases(12),
    run: (i) => killAndRecover(sources[i % sources.length], { killAfterMs: Math.floor(chance() * 200), signal: 'SIGTERM' }),
  },
};

let bad = false;
console.log('\n| Fault | What | Cases | Rows lost | Rows doubled | Failed, said so | Slowest recovery |\n|---|---|---|---|---|---|---|');
for (const [id, fault] of Object.entries(faults)) {
  if (wanted.size > 0 && !wanted.has(id)) continue;
  const sums = { lost: 0, doubled: 0, failed: 0, slowest: 0 };
  for (let i = 0; i < fault.count; ++i) {
    const outcome = await fault.run(i);
    sums.lost += Math.max(0, outcome.lost);
    sums.doubled += outcome.doubled;
    sums.failed += outcome.failed ? 1 : 0;
    sums.slowest = Math.max(sums.slowest, outcome.recoveryMs);
    const whole = outcome.lost === 0 && outcome.doubled === 0 && (outcome.pagesTooMany ?? 0) <= 1;
    if (!whole) console.error(`${id}, case ${i}: ${JSON.stringify(outcome)}`);
    bad ||= !whole;
  }
  console.log(`| ${id} | ${fault.what} | ${fault.count} | ${sums.lost} | ${sums.doubled} | ${sums.failed} | ${(sums.slowest / 1000).toFixed(1)} s |`);
}
await Promise.all(sources.map((source) => source.simulator.stop()));
process.exit(bad ? 1 : 0);
