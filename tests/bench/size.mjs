// Foz at size: 10,000 enabled flows and a million runs in one process. Start, memory, idle cost, lists as clients ask for them,
// and how long after its moment a due run begins. FOZ_BENCH_FLOWS, FOZ_BENCH_RUNS set the size.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../lib/api.mjs';
import { createFlow } from '../lib/flows.mjs';
import { eventually, pause, program, startFoz, temporaryFolder } from '../lib/processes.mjs';
import { hubspotSource } from '../lib/sources.mjs';

const flows = Number(process.env.FOZ_BENCH_FLOWS ?? 10_000);
const runs = Number(process.env.FOZ_BENCH_RUNS ?? 1_000_000);
const asks = 100;
const dueIn = 75;

function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, megabytes: Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024 };
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

/// p50 and p99 of a list, in milliseconds.
async function timed(api, path) {
  const times = [];
  for (let i = 0; i < asks; ++i) {
    const begun = performance.now();
    const { status } = await api.get(api.flow(path));
    times.push(performance.now() - begun);
    assert.equal(status, 200, path);
    if (i >= 4 && quantile(times, 0.5) > 2000) break;
  }
  return [quantile(times, 0.5), quantile(times, 0.99)];
}

/// CPU of an idle process, in percent of a core.
async function idle(pid, seconds) {
  const before = usage(pid).cpuSeconds;
  await pause(seconds * 1000);
  return ((usage(pid).cpuSeconds - before) / seconds) * 100;
}

const folder = temporaryFolder();
const hubspot = await hubspotSource(300);
let foz = await startFoz(folder.path, { allow: [hubspot.simulator.url] });
try {
  let api = await connect(folder.path);
  const { flow } = await createFlow(api, { ...hubspot, schedule: { startTime: Math.floor(Date.now() / 1000) - 60, frequency: 'day', interval: 1 } });
  await api.finishedRuns(flow, 1);
  await foz.stop();
  const filling = performance.now();
  const filled = spawnSync(program('foz-bench-fill'), [join(folder.path, 'foz.db'), '--flows', String(flows), '--runs', String(runs), '--due-in', String(dueIn + Math.ceil(runs / 4000))], { encoding: 'utf8' });
  assert.equal(filled.status, 0, filled.stderr);
  console.log(`\n${flows} flows, ${runs} runs (filled in ${((performance.now() - filling) / 1000).toFixed(0)} s)\n\n| What | |\n|---|---|`);

  const starting = performance.now();
  foz = await startFoz(folder.path, { allow: [hubspot.simulator.url], env: { FOZ_LOG_LEVEL: 'warning' } });
  api = await connect(folder.path);
  console.log(`| start until it answers | ${(performance.now() - starting).toFixed(0)} ms |`);
  let settled = usage(foz.pid).cpuSeconds;
  await eventually(async () => {
    await pause(1000);
    const now = usage(foz.pid).cpuSeconds;
    const still = now - settled < 0.05;
    settled = now;
    return still;
  }, 'the start is over', 120_000);
  console.log(`| start until all flows were looked at | ${((performance.now() - starting) / 1000).toFixed(1)} s, ${usage(foz.pid).cpuSeconds.toFixed(1)} CPU-s |`);
  console.log(`| memory | ${usage(foz.pid).megabytes.toFixed(0)} MB |`);
  console.log(`| idle | ${(await idle(foz.pid, 10)).toFixed(2)} % of a core |`);

  const someFlow = (await api.get(api.flow('/flows?limit=1'))).body.items[0].id;
  const lately = Date.now() - 3_600_000;
  const lists = [
    '/runs?limit=20', '/runs?limit=100', `/runs?property=flowId==${someFlow}&limit=20`, `/flows/${someFlow}/runs`, '/runs?property=metrics.statusSummary.status==failed&limit=20',
    `/runs?property=metrics.durationSummary.startedAtUTC>${lately}&limit=100`, `/runs?property=metrics.durationSummary.startedAtUTC>${lately},metrics.statusSummary.status==failed`,
    '/runs?orderby=metrics.durationSummary.startedAtUTC&limit=20', '/runs?orderby=-metrics.durationSummary.startedAtUTC&limit=20', '/runs?orderby=-updatedAt&limit=20', '/runs?orderby=createdAt&limit=20',
    `/runs?property=flowId==${someFlow}&orderby=-metrics.durationSummary.startedAtUTC&limit=20`, '/runs?count=true', '/runs?property=metrics.statusSummary.status==failed&count=true',
    '/flows?limit=20', '/flows?property=state==enabled&limit=100', '/flows?count=true', '/flows?orderby=name&limit=20',
  ];
  console.log('\n| List | p50 | p99 |\n|---|---|---|');
  for (const path of lists) {
    const [half, most] = await timed(api, path);
    console.log(`| \`${path.replace(someFlow, 'ID').replace(String(lately), 'T')}\` | ${half.toFixed(1)} ms | ${most.toFixed(1)} ms |`);
  }

  // Every hundredth flow of the first thousand is due at a second of its own.
  const { body } = await api.get(api.flow('/flows?orderby=createdAt&limit=1000'));
  const due = body.items.filter((one) => one.id !== flow && Number(one.scheduleParams.startTime) > Date.now() / 1000 - 600 && Number(one.scheduleParams.startTime) < Date.now() / 1000 + 900);
  const lags = [];
  for (const one of due) {
    const at = Number(one.scheduleParams.startTime) * 1000;
    const run = await eventually(async () => (await api.runs(one.id)).find((candidate) => candidate.createdAt >= at && candidate.metrics.durationSummary.startedAtUTC), `the run of ${one.name}`, Math.max(30_000, at - Date.now() + 30_000));
    lags.push(run.metrics.durationSummary.startedAtUTC - at);
  }
  console.log(`\n| Due runs | begin after their moment |\n|---|---|\n| ${lags.length} | median ${quantile(lags, 0.5)} ms, most ${Math.max(...lags)} ms |`);
} finally {
  await foz.stop('SIGKILL');
  await hubspot.simulator.stop();
  folder.remove();
}
