// Interleaved rounds of Foz and of bare simdjson + DuckDB over the same pages of the same simulator; prints medians and ratios.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../lib/api.mjs';
import { createDataset, createFlow, hubspotAuth, kSpecs } from '../lib/flows.mjs';
import { program, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const rows = Number(process.env.FOZ_BENCH_ROWS ?? 2_000_000);
const rounds = Number(process.env.FOZ_BENCH_ROUNDS ?? 3);
const mappingFile = new URL('./contacts.json', import.meta.url).pathname;
const mappings = Object.fromEntries(JSON.parse(readFileSync(mappingFile, 'utf8')));
// What the flow reads is what the floor asks for, so that the pages are the same.
const columns = [...new Set(Object.values(mappings))];

/// CPU-seconds so far and the highest memory of a process.
function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, peakMegabytes: Number(peak[1]) / 1024 };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = (list) => Object.fromEntries(Object.keys(list[0]).map((name) => [name, median(list.map((one) => one[name]))]));

async function startUp() {
  const folder = temporaryFolder();
  const first = await timed(folder, 'first start');
  const again = await timed(folder, 'later start');
  folder.remove();
  return { first, again };

  async function timed(place) {
    const begun = performance.now();
    const foz = await startFoz(place.path);
    const answer = await fetch(`${foz.url}/foz/health`);
    const startMs = performance.now() - begun;
    if (!answer.ok) throw new Error('the server does not answer');
    const before = usage(foz.pid);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const after = usage(foz.pid);
    const rss = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${foz.pid}/status`, 'utf8'))[1]) / 1024;
    await foz.stop();
    return { startMs, idleMegabytes: rss, idleCorePercent: ((after.cpuSeconds - before.cpuSeconds) / 3) * 100 };
  }
}

async function fozRound(simulator, args = []) {
  const folder = temporaryFolder();
  const foz = await startFoz(folder.path, { allow: [simulator.url], env: { FOZ_LOG_LEVEL: 'warning' }, args });
  try {
    const api = await connect(folder.path);
    const { schema, dataset } = await createDataset(api, 'Contacts');
    const before = usage(foz.pid);
    const begun = performance.now();
    const { flow } = await createFlow(api, { name: 'Contacts', spec: kSpecs.hubspot, auth: hubspotAuth(simulator), table: 'Hubspot.Contacts', columns, mappings, schema, dataset });
    const [run] = await api.finishedRuns(flow, 1, 900000, 100);
    const seconds = (performance.now() - begun) / 1000;
    const after = usage(foz.pid);
    const { outputRecordCount } = run.metrics.recordSummary;
    if (run.metrics.statusSummary.status !== 'success' || outputRecordCount !== rows) throw new Error(`the run is wrong: ${JSON.stringify(run.metrics)}`);
    return { seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, peakMegabytes: after.peakMegabytes };
  } finally {
    await foz.stop('SIGKILL');
    folder.remove();
  }
}

function floorRound(simulator, writer = []) {
  const folder = temporaryFolder();
  const done = spawnSync(program('foz-bench-floor'), ['--url', simulator.url, '--token', simulator.accessToken, '--mapping', mappingFile, '--out', join(folder.path, 'out'), ...writer], { encoding: 'utf8' });
  folder.remove();
  if (done.status !== 0) throw new Error(done.stderr);
  const result = JSON.parse(done.stdout);
  if (result.rows !== rows) throw new Error(`the floor read ${result.rows} rows`);
  return { seconds: result.seconds, cpuSeconds: result.cpuSeconds, peakMegabytes: result.peakMegabytes };
}

/// What appending the same bytes to a spool costs, alone.
async function spoolRound(simulator) {
  const folder = temporaryFolder();
  const pages = join(folder.path, 'pages');
  mkdirSync(pages);
  const properties = [...new Set(Object.values(mappings).filter((column) => column.startsWith('Properties_')).map((column) => column.slice(11, -6).toLowerCase()))].join(',');
  for (let page = 0, after = ''; page < 50 && page * 100 < rows; ++page) {
    const answer = await fetch(`${simulator.url}/crm/v3/objects/contacts?limit=100&properties=${properties}${after && `&after=${after}`}`, { headers: { Authorization: `Bearer ${simulator.accessToken}` } });
    const text = await answer.text();
    writeFileSync(join(pages, String(page).padStart(4, '0')), text);
    after = JSON.parse(text).paging?.next.after;
  }
  const done = spawnSync(program('foz-bench-spool'), ['--pages', pages, '--rows', String(rows), '--out', join(folder.path, 'spool')], { encoding: 'utf8' });
  folder.remove();
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

const show = (name, one) => console.log(`  ${name.padEnd(34)} ${(rows / one.seconds / 1000).toFixed(0).padStart(6)} k rows/s ${one.seconds.toFixed(2).padStart(8)} s ${one.cpuSeconds.toFixed(2).padStart(8)} CPU-s ${one.peakMegabytes.toFixed(0).padStart(6)} MB peak`);

const start = await startUp();
console.log('Start and rest');
for (const [name, one] of Object.entries(start)) {
  console.log(`  ${name === 'first' ? 'first start' : 'later start'}: answers after ${one.startMs.toFixed(0)} ms (floor: 1000), ${one.idleMegabytes.toFixed(0)} MB at rest, ${one.idleCorePercent.toFixed(2)} % of a core`);
}
console.log(`\n${rows} HubSpot contacts, pages of 100, 36 leaves nested in Parquet (zstd); ${rounds} interleaved rounds, medians`);
// As the floor asks: packing is the simulator's work, unpacking the same in both.
const simulator = await startSimulator('hubspot', { rows, args: ['--no-gzip'] });
const foz = [];
const floor = [];
const tuned = [];
const spool = [];
for (let round = 0; round < rounds; ++round) {
  floor.push(floorRound(simulator));
  foz.push(await fozRound(simulator));
  tuned.push(floorRound(simulator, ['--foz-writer']));
  spool.push(await spoolRound(simulator));
}
await simulator.stop();
const own = medians(foz);
const bare = medians(floor);
show('Foz, end to end', own);
show('bare simdjson + DuckDB COPY', bare);
const withSettings = medians(tuned);
show('  the same, as Foz sets COPY', withSettings);
console.log(`  CPU-seconds: ${(own.cpuSeconds / bare.cpuSeconds).toFixed(2)} x the floor (goal: at most 1.25), ${(own.cpuSeconds / withSettings.cpuSeconds).toFixed(2)} x the one with Foz's settings; peak memory ${own.peakMegabytes.toFixed(0)} MB (goal: at most 512)`);
console.log(`  End to end: ${(rows / own.seconds / 1000).toFixed(0)} k rows/s (goal: at least 300)`);
const spooling = medians(spool);
console.log(`  A record has about ${(spooling.bytes / rows).toFixed(0)} B. The spool alone, the same pages: ${spooling.cpuSeconds.toFixed(2)} CPU-s for ${(spooling.bytes / 1e6).toFixed(0)} MB: ${((spooling.cpuSeconds / own.cpuSeconds) * 100).toFixed(1)} % of Foz's (goal: under 10)`);
