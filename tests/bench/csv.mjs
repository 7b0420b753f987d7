// Salesforce bulk CSV to mapped Parquet: Foz end to end against DuckDB's own CSV reader and Parquet writer over the same columns
// (goal: at most 1.1 x its CPU-seconds), and 1,500 objects explored (goal: under 2 s). FOZ_BENCH_CSV_MB (1000) sets the size.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../lib/api.mjs';
import { createConnection, createDataset, createFlow, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { program, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const megabytes = Number(process.env.FOZ_BENCH_CSV_MB ?? 1000);
const rounds = Number(process.env.FOZ_BENCH_ROUNDS ?? 3);
const kColumns = {
  Id: ['_id', 'VARCHAR'], FirstName: ['person.name.firstName', 'VARCHAR'], LastName: ['person.name.lastName', 'VARCHAR'], Email: ['personalEmail.address', 'VARCHAR'], Phone: ['homePhone.number', 'VARCHAR'],
  MailingStreet: ['homeAddress.street1', 'VARCHAR'], MailingCity: ['homeAddress.city', 'VARCHAR'], MailingState: ['homeAddress.state', 'VARCHAR'], MailingPostalCode: ['homeAddress.postalCode', 'VARCHAR'],
  Birthdate: ['person.birthDate', 'DATE'], Title: ['person.name.courtesyTitle', 'VARCHAR'], AccountId: ['mobilePhone.number', 'VARCHAR'], OwnerId: ['faxPhone.number', 'VARCHAR'],
};
const names = Object.keys(kColumns);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/// The whole object as one CSV file, through a bulk job: what Foz reads, too. The header stands once.
async function csvFile(simulator, path) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: simulator.clientId, client_secret: simulator.clientSecret });
  const { access_token: token } = await (await fetch(`${simulator.url}/services/oauth2/token`, { method: 'POST', body: form })).json();
  const ask = (where, options = {}) => fetch(`${simulator.url}/services/data/v60.0${where}`, { ...options, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
  const job = await (await ask('/jobs/query', { method: 'POST', body: JSON.stringify({ operation: 'query', query: `SELECT ${names.join(',')} FROM Contact` }) })).json();
  while ((await (await ask(`/jobs/query/${job.id}`)).json()).state !== 'JobComplete') await new Promise((resolve) => setTimeout(resolve, 100));
  const out = openSync(path, 'w');
  for (let locator = '', first = true; locator !== 'null'; first = false) {
    const answer = await ask(`/jobs/query/${job.id}/results?maxRecords=100000${locator && `&locator=${locator}`}`);
    const text = await answer.text();
    writeSync(out, first ? text : text.slice(text.indexOf('\n') + 1));
    locator = answer.headers.get('sforce-locator');
  }
  closeSync(out);
}

async function fozRound(simulator, rows) {
  const folder = temporaryFolder();
  const foz = await startFoz(folder.path, { allow: [simulator.url], env: { FOZ_LOG_LEVEL: 'warning' } });
  try {
    const api = await connect(folder.path);
    const { schema, dataset } = await createDataset(api, 'Contacts');
    const mappings = Object.fromEntries(names.map((name) => [kColumns[name][0], name]));
    const before = cpuSeconds(foz.pid);
    const begun = performance.now();
    const { flow } = await createFlow(api, { name: 'Contacts', spec: kSpecs.salesforce, auth: salesforceAuth(simulator), table: 'Contact', columns: names, mappings, schema, dataset });
    const [run] = await api.finishedRuns(flow, 1, 900000, 500);
    if (run.metrics.recordSummary.outputRecordCount !== rows) throw new Error(`the run is wrong: ${JSON.stringify(run.metrics)}`);
    return { seconds: (performance.now() - begun) / 1000, cpuSeconds: cpuSeconds(foz.pid) - before };
  } finally {
    await foz.stop('SIGKILL');
    folder.remove();
  }
}

function duckRound(file, folder, rows) {
  const columns = names.map((name) => `${name}:${kColumns[name][1]}`).join(',');
  const done = spawnSync(program('foz-bench-csv'), ['--file', file, '--out', join(folder, 'out.parquet'), '--columns', columns], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  const result = JSON.parse(done.stdout);
  if (result.rows !== rows) throw new Error(`DuckDB read ${result.rows} rows of ${rows}`);
  return result;
}

const folder = temporaryFolder();
const file = join(folder.path, 'contacts.csv');
const trial = await startSimulator('salesforce', { rows: 60_000 });
await csvFile(trial, file);
await trial.stop();
const rows = Math.max(60_000, Math.round((megabytes * 1e6 * 60_000) / statSync(file).size));
// Plain, as the file that DuckDB reads.
const simulator = await startSimulator('salesforce', { rows, args: ['--no-gzip'] });
await csvFile(simulator, file);
console.log(`\n${rows} Salesforce contacts through bulk jobs, ${(statSync(file).size / 1e6).toFixed(0)} MB of CSV, ${names.length} columns; ${rounds} interleaved rounds, medians`);
const own = [];
const bare = [];
for (let round = 0; round < rounds; ++round) {
  bare.push(duckRound(file, folder.path, rows));
  own.push(await fozRound(simulator, rows));
}
await simulator.stop();
folder.remove();
const of = (list, name) => median(list.map((one) => one[name]));
const show = (name, list) => console.log(`  ${name.padEnd(34)} ${(rows / of(list, 'seconds') / 1000).toFixed(0).padStart(6)} k rows/s ${of(list, 'seconds').toFixed(2).padStart(8)} s ${of(list, 'cpuSeconds').toFixed(2).padStart(8)} CPU-s`);
show('Foz, end to end', own);
show('DuckDB, CSV file to Parquet', bare);
console.log(`  CPU-seconds: ${(of(own, 'cpuSeconds') / of(bare, 'cpuSeconds')).toFixed(2)} x DuckDB (goal: at most 1.1); Foz's CSV reader ${of(bare, 'readerGigabytesPerSecond').toFixed(2)} GB/s (goal: over 1)`);

{
  const place = temporaryFolder();
  const vendor = await startSimulator('salesforce', { rows: 10, args: ['--objects', '1500'] });
  const foz = await startFoz(place.path, { allow: [vendor.url] });
  const api = await connect(place.path);
  const base = await createConnection(api, 'Wide', kSpecs.salesforce, salesforceAuth(vendor));
  const begun = performance.now();
  const { body } = await api.get(api.flow(`/connections/${base}/explore?objectType=root`));
  const listed = performance.now();
  await api.get(api.flow(`/connections/${base}/explore?objectType=table&object=${body.at(-1).path}`));
  console.log(`\n${body.length} objects explored in ${(listed - begun).toFixed(0)} ms (goal: under 2000), the fields of one in ${(performance.now() - listed).toFixed(0)} ms more`);
  await Promise.all([foz.stop(), vendor.stop()]);
  place.remove();
}
