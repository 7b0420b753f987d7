// Data Prep in numbers: a mapping set against a SELECT, what rules cost, how long saving and previewing take.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect } from '../lib/api.mjs';
import { createDataset } from '../lib/flows.mjs';
import { program, startFoz, temporaryFolder } from '../lib/processes.mjs';

const rows = process.env.FOZ_BENCH_ROWS ?? '1000000';
const rounds = process.env.FOZ_BENCH_ROUNDS ?? '3';
const folder = temporaryFolder();

function againstSelect() {
  const done = spawnSync(program('foz-bench-mapping'), ['--rows', rows, '--rounds', rounds, '--out', join(folder.path, 'mapping')], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

/// Milliseconds of the quickest of some calls.
async function quickest(times, call) {
  let best = Infinity;
  for (let i = 0; i < times; ++i) {
    const begun = performance.now();
    const { status, body } = await call();
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

const fields = ['person.name.firstName', 'person.name.lastName', 'person.name.middleName', 'personalEmail.address', 'homeAddress.city', 'homeAddress.street1', 'homePhone.number', '_id'];
const expressions = ['concat(a, "-", b)', 'iif(c > 5, upper(a), lower(b))', 'decode(d, "1", "one", "2", "two", "many")', 'sha256(lower(a))', 'date(e, "yyyy-MM-dd")', 'coalesce(a, b, c, "none")'];
const wideSet = (schema, count) => ({
  outputSchema: { schemaRef: { id: schema } },
  mappings: Array.from({ length: count }, (_, i) => ({ sourceType: i % 3 === 0 ? 'EXPRESSION' : 'ATTRIBUTE', source: i % 3 === 0 ? expressions[(i / 3) % expressions.length] : `field${i}`, destination: fields[i % fields.length] })),
});

async function editing() {
  const foz = await startFoz(join(folder.path, 'data'), { env: { FOZ_LOG_LEVEL: 'warning' } });
  try {
    const api = await connect(join(folder.path, 'data'));
    const { schema } = await createDataset(api, 'Bench');
    const base = '/data/foundation/conversion/mappingSets';
    const save = await quickest(5, () => api.post(`${base}?validate=true`, wideSet(schema, 2000)));
    const data = Array.from({ length: 100 }, (_, i) => ({ a: `Ana ${i}`, b: 'Reis', c: i, d: String(i % 3), e: '2020-01-02', ...Object.fromEntries(Array.from({ length: 30 }, (__, j) => [`field${j}`, `text ${j}`])) }));
    const preview = await quickest(10, () => api.post(`${base}/preview`, { data, mappingSet: wideSet(schema, 30) }));
    return { save, preview };
  } finally {
    await foz.stop();
  }
}

try {
  const { save, preview } = await editing();
  const one = againstSelect();
  const perMillion = (seconds) => `${((seconds / one.rows) * 1e6).toFixed(2).padStart(7)} CPU-s`;
  console.log(`\n${one.mappings} mappings, ${one.calculated} of them calculated, one thread; CPU-seconds for a million rows, the best of ${rounds} rounds over ${one.rows} rows`);
  console.log(`  the mapping set                    ${perMillion(one.fozCpuSeconds)}`);
  console.log(`  a SELECT by hand in DuckDB         ${perMillion(one.selectCpuSeconds)}, of which reading its table ${perMillion(one.scanCpuSeconds).trim()}`);
  console.log(`  ratio: ${(one.fozCpuSeconds / one.selectCpuSeconds).toFixed(2)} (goal: at most 1); ${(one.fozCpuSeconds / (one.selectCpuSeconds - one.scanCpuSeconds)).toFixed(2)} where reading does not count`);
  const rules = one.checkedCpuSeconds - one.fozCpuSeconds;
  console.log(`  rules of 20 fields add             ${perMillion(rules)}: ${((rules / one.loadCpuSeconds) * 100).toFixed(1)} % of mapping into Parquet (goal: at most 5), ${((rules / one.fozCpuSeconds) * 100).toFixed(1)} % of mapping alone`);
  console.log(`  saving and checking 2000 mappings  ${save.toFixed(0).padStart(7)} ms (goal: at most 200)`);
  console.log(`  preview of 100 records             ${preview.toFixed(0).padStart(7)} ms (goal: at most 100)`);
} finally {
  folder.remove();
}
