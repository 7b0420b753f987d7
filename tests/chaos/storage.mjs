// F04, F17, F33: storage that is full, a database that somebody holds, and a server that has been up for long.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, sql } from '../lib/disk.mjs';
import { eventually, pause } from '../lib/processes.mjs';
import { openRig } from '../lib/runs.mjs';
import { hubspotSource } from '../lib/sources.mjs';

let hubspot;

/// Another process writes to the database and does not end. `release` lets go.
async function holdDatabase(folder) {
  const shell = spawn('sqlite3', [join(folder, 'foz.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const held = new Promise((resolve) => shell.stdout.on('data', (text) => String(text).includes('held') && resolve()));
  shell.stdin.write(".timeout 5000\nBEGIN IMMEDIATE;\nSELECT 'held';\n");
  await held;
  return {
    release: () => new Promise((resolve) => {
      shell.on('exit', resolve);
      shell.stdin.end('ROLLBACK;\n.quit\n');
    }),
  };
}

/// Writes are refused with 503 and Retry-After after the busy time, reads go on, a run under way lands, all is well at once afterwards.
async function busy() {
  const rig = await openRig(hubspot);
  try {
    const ids = await rig.flow();
    await rig.faults([{ kind: 'latency', path: '/crm/*', latencyMs: 20 }]);
    const id = await rig.begin(ids);
    const lock = await holdDatabase(rig.folder);
    const begun = Date.now();
    const connections = rig.api.flow('/connections');
    const draft = () => rig.api.post(`${rig.api.flow('/flows')}?mode=draft`, { name: 'While it is held' });
    const write = draft();
    const readBegun = Date.now();
    assert.equal((await rig.api.get(connections)).status, 200);
    assert.ok(Date.now() - readBegun < 2000, 'readers do not wait for a writer');
    const refused = await write;
    const waited = Date.now() - begun;
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.ok(Number(refused.headers.get('retry-after')) > 0, 'it says when to come again');
    assert.match(JSON.stringify(refused.body), /another process holds it/);
    assert.ok(waited >= 25_000 && waited < 45_000, `refused after ${waited} ms`);
    await lock.release();
    const released = Date.now();
    assert.equal((await draft()).status, 201, 'at once');
    const recoveryMs = Date.now() - released;
    assert.ok(recoveryMs < 5000, `the next write took ${recoveryMs} ms`);
    const run = await rig.end(id, 60000);
    assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    return { ...(await rig.landed(ids)), recoveryMs };
  } finally {
    await rig.close();
  }
}

/// What a process has open, without the connections to the database, which are pooled as far as `readers_max`.
function openFiles(pid) {
  const open = [];
  for (const number of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${number}`);
      if (!/foz\.db(-wal|-shm)?$/.test(target)) open.push(target.replace(/:\[\d+\]$/, ''));
    } catch {
      // It was closed meanwhile.
    }
  }
  return open.sort();
}

const residentMegabytes = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/// Megabytes an hour, by least squares over [milliseconds, megabytes].
function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = mean(([t]) => t), y = mean(([, m]) => m);
  const down = points.reduce((sum, [t]) => sum + (t - x) ** 2, 0);
  return down === 0 ? 0 : (points.reduce((sum, [t, m]) => sum + (t - x) * (m - y), 0) / down) * 3_600_000;
}

/// Flows that run again and again: memory, open files and disk stay where they are. FOZ_SOAK_MINUTES: for how long; from 1 on, fifty
/// flows once a minute.
async function soak(minutes) {
  const flows = minutes < 1 ? 20 : 50;
  const rig = await openRig(hubspot, { env: { FOZ_SCHEDULE_MINUTE_INTERVAL_MIN: '1', FOZ_SPOOL_RETENTION_DAYS: '0', FOZ_LOG_LEVEL: 'warning' } });
  try {
    const all = [];
    for (let i = 0; i < flows; ++i) all.push(await rig.flow());
    /// Every flow once; how many rows landed in the round.
    const round = async () => {
      const ids = await Promise.all(all.map((flow) => rig.begin(flow)));
      for (const id of ids) assert.equal((await rig.end(id)).metrics.statusSummary.status, 'success');
    };
    await round();
    await round();
    const begun = Date.now();
    const count = () => {
      const open = openFiles(rig.foz.pid);
      const sockets = open.filter((one) => one === 'socket').length;
      return { sockets, others: open.length - sockets };
    };
    const before = count();
    const memory = [];
    do {
      const next = Date.now() + 60_000;
      await round();
      // At rest, when what the round freed was given back: at its end the allocator's own ups and downs are larger than the bound.
      if (minutes >= 1) await pause(Math.max(0, next - Date.now()));
      memory.push([Date.now() - begun, residentMegabytes(rig.foz.pid)]);
    } while (Date.now() - begun < minutes * 60_000 || memory.length < 3);
    // Connections are kept for the next request: as many as there were requests at once, which are never more than there are flows.
    const back = () => count().others <= before.others + 4 && count().sockets <= before.sockets + flows;
    await eventually(back, 'open files go back', 30_000).catch((error) => {
      throw new Error(`${error.message}; before: ${JSON.stringify(before)}; now: ${openFiles(rig.foz.pid).join(' ')}`);
    });
    // A short time says little of an hour: what counts then is that the rounds do not climb.
    const growth = memory.length > 2 ? memory.at(-1)[1] - memory[0][1] : 0;
    const rounds = `${memory.length} rounds: ${memory.map(([, megabytes]) => megabytes.toFixed(1))}`;
    const hourly = slope(memory.slice(Math.floor(memory.length / 4)));
    if (minutes >= 30) assert.ok(hourly < 1, `memory grows by ${hourly.toFixed(1)} MB an hour once warm; ${rounds}`);
    else assert.ok(growth < 60, `memory grew by ${growth.toFixed(1)} MB in ${rounds}`);
    const spools = filesBelow(join(rig.folder, 'spool')).length;
    assert.equal(spools, 0, `${spools} files of spools that nobody keeps`);
    const [{ known }] = sql(rig.folder, 'SELECT count(*) AS known FROM dataset_files');
    assert.equal(filesBelow(join(rig.folder, 'tables')).length, known, 'data that is not in the catalog');
    let lost = 0, doubled = 0;
    for (const flow of all.slice(0, 5)) {
      const landed = await rig.landed(flow);
      lost += landed.lost, doubled += landed.doubled;
    }
    return { lost, doubled };
  } finally {
    await rig.close();
  }
}

/// A test file of its own, for what needs a file system of its own.
async function scenario(file) {
  const ended = spawnSync(process.execPath, ['--test', '--test-reporter=tap', new URL(`../scenario/${file}`, import.meta.url).pathname], { encoding: 'utf8' });
  if (/# skipped [1-9]/.test(ended.stdout) && !/# pass [1-9]/.test(ended.stdout)) return undefined;
  assert.equal(ended.status, 0, ended.stdout.slice(-3000));
  return {};
}

export const storage = {
  about: 'storage in trouble',
  async open() {
    hubspot = await hubspotSource(300);
  },
  close: () => hubspot.simulator.stop(),
  faults: [
    { id: 'F04', what: 'a disk that is full', ci: 0, full: 1, skipped: 'no right to mount a small file system', run: () => scenario('full_disk.test.mjs') },
    { id: 'F17', what: 'another process holds the metadata database for 30 s', ci: 1, full: 5, run: busy },
    { id: 'F33', what: 'flows that run again and again: memory, open files, disk', ci: 1, full: 1, run: () => soak(Number(process.env.FOZ_SOAK_MINUTES ?? 0.2)) },
  ],
};
