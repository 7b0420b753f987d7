// A data directory whose server is dead, as it lies there: the record by SQLite's own shell, files by their names, the spool by
// a reader of its format (docs/formats/spool.md) that shares nothing with Foz.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/// Rows of a query, as objects.
export function sql(folder, statement) {
  const out = execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', join(folder, 'foz.db'), statement], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return out.trim() === '' ? [] : JSON.parse(out);
}

export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/// Files that only exist while something is under way.
export const temporaryFiles = (folder) =>
  ['tables', 'spool', 'keys', 'spill', 'diagnostics', 'uploads'].flatMap((part) => filesBelow(join(folder, part))).filter((file) => /(^|\/)(staged_[^/]*|body-[^/]*|[^/]*\.new|[^/]*\.tmp)$/.test(file)).map((file) => relative(folder, file));

/// A spool's log with what its tail has of it, on the machine that has not been started anew since.
function logBytes(file) {
  const log = readFileSync(file);
  const tail = existsSync(`${file}.tail`) ? readFileSync(`${file}.tail`) : Buffer.alloc(0);
  if (tail.toString('latin1', 0, 4) !== 'FZT1') return log;
  const ring = tail.subarray(4096);
  const has = Number(tail.readBigUInt64LE(40)), end = Number(tail.readBigUInt64LE(48));
  const rest = Buffer.alloc(end - has);
  for (let at = has; at < end; ++at) rest[at - has] = ring[at % ring.length];
  return Buffer.concat([log.subarray(0, has), rest]);
}

/// The pages of a spool: how many whole ones, and whether a torn one follows.
export function spooledPages(file) {
  if (!existsSync(file)) return { whole: 0, torn: false, ended: 0 };
  const bytes = logBytes(file);
  let at = 0, whole = 0, ended = 0;
  while (at + 20 <= bytes.length && bytes.toString('latin1', at, at + 4) === 'FZP1') {
    const header = bytes.readUInt32LE(at + 8);
    const length = 20 + header + Number(bytes.readBigUInt64LE(at + 12));
    if (at + length > bytes.length) break;
    if (JSON.parse(bytes.toString('utf8', at + 20, at + 20 + header)).next === undefined) ++ended;
    at += length;
    ++whole;
  }
  return { whole, torn: at < bytes.length, ended };
}

/// What docs/crash-points.md speaks of, for a data directory with at most one run.
export function stateOfDisk(folder) {
  const runs = sql(folder, "SELECT state, json_extract(doc, '$._foz.fence') AS fence, id FROM runs");
  const [{ snapshots }] = sql(folder, 'SELECT count(*) AS snapshots FROM run_snapshots');
  const [{ visible }] = sql(folder, 'SELECT count(*) AS visible FROM dataset_files');
  const tables = filesBelow(join(folder, 'tables')).map((file) => basename(file));
  const spools = existsSync(join(folder, 'spool')) ? readdirSync(join(folder, 'spool')) : [];
  const plan = spools.map((run) => join(folder, 'spool', run, 'plan.json')).find(existsSync);
  const slices = plan ? JSON.parse(readFileSync(plan, 'utf8')).slices.length : 0;
  const pages = spools.length > 0 ? spooledPages(join(folder, 'spool', spools[0], 'pages.log')) : { whole: 0, torn: false, ended: 0 };
  const [run] = runs;
  const record = !run ? 'no run' : run.state !== 'inProgress' ? run.state : snapshots > 0 ? 'snapshot' : 'lease';
  return {
    runs: runs.length, record, visible, slices, pages,
    found: {
      spool: spools.length > 0,
      plan: plan !== undefined,
      pages: pages.whole > 0,
      'all pages': slices > 0 && pages.ended === slices,
      staged: tables.some((name) => name.startsWith('staged_')),
      final: tables.some((name) => name.startsWith('part-')),
      keys: filesBelow(join(folder, 'keys')).length > 0,
    },
  };
}
