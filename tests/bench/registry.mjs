// Resolving schemas, ingesting JSON lines, looking up by id. FOZ_BENCH_JSON_MEGABYTES (1024) and FOZ_BENCH_ROUNDS (3) set the
// size. Each line says what is wanted of it.
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { connect } from '../lib/api.mjs';
import { batchOf, complete, filePath, openBatch, peopleDataset, person } from '../lib/batches.mjs';
import { eventually, run, startFoz, temporaryFolder } from '../lib/processes.mjs';

const megabytes = Number(process.env.FOZ_BENCH_JSON_MEGABYTES ?? 1024);
const rounds = Number(process.env.FOZ_BENCH_ROUNDS ?? 3);
const kChunk = 64 << 20;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const tell = (what, value, wanted, good) => console.log(`${good ? 'ok  ' : 'MISS'} ${what}: ${value} (wanted: ${wanted})`);

async function resolving() {
  const { out, log, code } = await run('foz-bench-registry', ['resolve']);
  if (code !== 0) throw new Error(log);
  const { leaves, coldMilliseconds: cold, cachedMilliseconds: cached } = JSON.parse(out);
  tell(`a schema of ${leaves} leaves resolved cold`, `${cold} ms`, '< 5 ms', cold < 5);
  tell('the same, cached', `${cached} ms`, '< 0.2 ms', cached < 0.2);
}

async function writeRows(file) {
  const stream = createWriteStream(file);
  let rows = 0;
  for (let bytes = 0; bytes < megabytes << 20; ) {
    let block = '';
    for (let i = 0; i < 2000; ++i, ++rows) {
      block += `${JSON.stringify({
        ...person(rows), homeAddress: { city: `City ${rows % 977}`, postalCode: String(10000 + (rows % 89999)), country: 'BR', street1: `Street number ${rows}`, primary: rows % 2 === 0 },
        mobilePhone: { number: `+55 11 9${String(rows).padStart(8, '0')}`, primary: true }, _repo: { createDate: '2020-04-15T23:34:21Z', modifyDate: `2021-0${1 + (rows % 9)}-11T01:02:03.000Z` },
      })}\n`;
    }
    bytes += block.length;
    if (!stream.write(block)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  return rows;
}

/// CPU-seconds that a process has used.
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function uploadWhole(api, batch, dataset, file) {
  const path = filePath(batch, dataset, 'rows.json');
  const total = statSync(file).size;
  await api.post(`${path}?action=INITIALIZE`);
  for (let from = 0; from < total; from += kChunk) {
    const to = Math.min(from + kChunk, total) - 1;
    const parts = [];
    for await (const part of createReadStream(file, { start: from, end: to })) parts.push(part);
    const { status, body } = await api.call('PATCH', path, Buffer.concat(parts), { 'Content-Type': 'application/octet-stream', 'Content-Range': `bytes ${from}-${to}/${total}` });
    if (status !== 200) throw new Error(`a chunk is refused: ${status} ${JSON.stringify(body)}`);
  }
  await api.post(`${path}?action=COMPLETE`);
}

async function ingesting(foz, api, folder) {
  const file = join(folder, 'rows.json');
  const rows = await writeRows(file);
  const dataset = await peopleDataset(api, 'Benchmark');
  const ours = [], floor = [], seconds = [];
  for (let round = 0; round < rounds; ++round) {
    const batch = await openBatch(api, dataset);
    await uploadWhole(api, batch, dataset, file);
    const before = cpuSeconds(foz.pid), begin = Date.now();
    await complete(api, batch);
    const end = await eventually(async () => { const one = await batchOf(api, batch); return ['success', 'failed'].includes(one.status) && one; }, 'the batch ends', 3600_000);
    if (end.recordCount !== rows) throw new Error(`${end.recordCount} of ${rows} rows landed: ${JSON.stringify(end.errors)}`);
    ours.push(cpuSeconds(foz.pid) - before);
    seconds.push((Date.now() - begin) / 1000);
    await api.delete(`/data/foundation/catalog/batches/${batch}`);
    const out = join(folder, 'floor.parquet');
    const peer = await run('foz-bench-registry', ['copy', '--in', file, '--out', out]);
    if (peer.code !== 0) throw new Error(peer.log);
    floor.push(JSON.parse(peer.out).cpuSeconds);
    rmSync(out);
  }
  rmSync(file);
  const ratio = median(floor) / median(ours);
  console.log(`     ${rows} rows, ${megabytes} MB: Foz ${median(ours).toFixed(2)} CPU-s in ${median(seconds).toFixed(1)} s, read_json to Parquet ${median(floor).toFixed(2)} CPU-s`);
  tell('JSON lines ingested, against DuckDB read_json to nested Parquet, in CPU-seconds', `${ratio.toFixed(2)} x`, '>= 0.8 x', ratio >= 0.8);
  return dataset;
}

/// Look-ups over kept connections for some seconds, by a generator that leaves the cores to Foz.
async function lookingUp(api, dataset, { connections = 16, seconds = 5 } = {}) {
  const url = `${api.credentials.endpoint}/data/foundation/catalog/dataSets/${dataset}`;
  const headers = Object.entries(api.headers()).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const measure = async (duration) => (await promisify(execFile)('wrk', ['-t1', `-c${connections}`, `-d${duration}s`, '--latency', ...headers, url])).stdout;
  await measure(1);  // connections and caches are warm
  const rates = [], slowest = [];
  for (let round = 0; round < rounds; ++round) {
    const told = await measure(seconds);
    const wrong = told.match(/Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/);
    if (wrong) throw new Error(`not every look-up was answered: ${wrong[0]}`);
    rates.push(Number(told.match(/Requests\/sec:\s+([\d.]+)/)[1]));
    const [, number, unit] = told.match(/99%\s+([\d.]+)(us|ms|s)/);
    slowest.push(Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit]);
  }
  tell(`GET by id over ${connections} connections`, `${Math.round(median(rates))} requests/s`, '> 3000', median(rates) > 3000);
  tell('the same, 99 of 100 answers', `${median(slowest).toFixed(2)} ms`, '< 5 ms', median(slowest) < 5);
}

await resolving();
const folder = temporaryFolder();
const foz = await startFoz(folder.path, { env: { FOZ_LOG_LEVEL: 'error' } });
try {
  const api = await connect(folder.path);
  const dataset = await ingesting(foz, api, folder.path);
  await lookingUp(api, dataset);
} finally {
  await foz.stop();
  folder.remove();
}
