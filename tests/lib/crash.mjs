// A server killed in the middle of a run, what it left on disk, another server on the same data, and what landed, compared with
// the source by keys.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { connect } from './api.mjs';
import { filesBelow, sql, stateOfDisk, temporaryFiles } from './disk.mjs';
import { createFlow } from './flows.mjs';
import { landedRows } from './parquet.mjs';
import { pause, startFoz, temporaryFolder } from './processes.mjs';
import { callsSince, lastCall, pagesFetchedAgain } from './sources.mjs';

const kImplied = { plan: ['spool'], pages: ['plan'], 'all pages': ['pages'] };

/// What is promised of a point: words that must be there, words that may be; implied ones added.
function promised(cell) {
  const must = new Set(), may = new Set();
  const add = (set, word) => {
    set.add(word);
    (kImplied[word] ?? []).forEach((implied) => add(set, implied));
  };
  for (const word of cell.split(', ')) if (word !== 'nothing') add(word.endsWith('?') ? may : must, word.replace('?', ''));
  return { must, may };
}

/// The rows of docs/crash-points.md.
export const crashPoints = () =>
  [...readFileSync(new URL('../../docs/crash-points.md', import.meta.url), 'utf8').matchAll(/^\| `([a-z_.]+)` \|(.+)\|$/gm)].map(([, name, rest]) => {
    const [, record, disk, , again] = rest.split('|').map((cell) => cell.trim());
    return { name, record: record.split(' or '), ...promised(disk), fetchedAgain: again === 'nothing' ? 0 : 1 };
  });

/// The disk of a server that died at a point, against the table's row.
export function checkDisk(point, disk) {
  assert.ok(point.record.includes(disk.record), `${point.name}: on record is "${disk.record}", the table says "${point.record.join(' or ')}"`);
  assert.ok(disk.runs <= 1, `${point.name}: one run`);
  for (const [word, there] of Object.entries(disk.found)) {
    if (point.must.has(word)) assert.ok(there, `${point.name}: "${word}" is not on disk`);
    else if (!point.may.has(word)) assert.ok(!there, `${point.name}: "${word}" is on disk, the table does not say so`);
  }
  assert.equal(disk.visible > 0, point.record.includes('success'), `${point.name}: rows are visible when the run is over, and not before`);
}

async function datasetOf(api, flow) {
  const { body } = await api.get(api.flow(`/targetConnections/${flow.targetConnectionIds[0]}`));
  return body.items[0].params.dataSetId;
}

/// Files that nothing needs although the run is over: temporary ones, and data that is not in the catalog.
export function leftovers(folder) {
  const known = new Set(sql(folder, 'SELECT path FROM dataset_files').map((row) => row.path));
  const data = filesBelow(`${folder}/tables`).map((file) => relative(folder, file)).filter((file) => !known.has(file));
  return [...new Set([...temporaryFiles(folder), ...data])];
}

/// What a restart on the same data came to.
async function recovered(source, folder, since, disk, env) {
  const restart = Date.now();
  const foz = await startFoz(folder, { allow: [source.simulator.url], env });
  try {
    const api = await connect(folder);
    const flow = (await api.get(api.flow('/flows'))).body.items[0];
    const [run] = await api.finishedRuns(flow.id, 1, 120000);
    const recoveryMs = Date.now() - restart;
    const keys = (await landedRows(api, await datasetOf(api, flow))).map((row) => row._id);
    const distinct = new Set(keys).size;
    const copy = run.activities.find((activity) => activity.name === 'Copy Activity');
    return {
      status: run.metrics.statusSummary.status,
      metrics: run.metrics,
      runs: (await api.runs(flow.id)).length,
      lost: source.rows - distinct,
      doubled: keys.length - distinct,
      fetchedAgain: pagesFetchedAgain(source, await callsSince(source, since)),
      slices: Math.max(1, disk.slices),
      leftovers: leftovers(folder),
      // The run says itself when it was taken up; one that was over before has nothing to take up.
      resumedMs: disk.record === 'success' ? 0 : copy.durationSummary.startedAtUTC - restart,
      recoveryMs,
    };
  } finally {
    await foz.stop('SIGKILL');
  }
}

/// Makes a flow and kills the server at a named point, or `killAfterMs` after the flow was made (`signal`: how); then starts
/// another one. `died` tells how the first one ended, `disk` what lay there then.
export async function killAndRecover(source, { crashAt, killAfterMs, signal = 'SIGKILL', env = {} }) {
  const folder = temporaryFolder();
  let foz;
  try {
    foz = await startFoz(folder.path, { allow: [source.simulator.url], env: { ...env, ...(crashAt && { FOZ_CRASH_AT: crashAt }) } });
    const api = await connect(folder.path);
    const since = await lastCall(source);
    const { name, spec, auth, table, mappings } = source;
    // The server may die before it answers: the flow is there all the same, or the point lies before it.
    await createFlow(api, { name, spec, auth, table, mappings }).catch((error) => error);
    let asked;
    if (killAfterMs !== undefined) {
      await pause(killAfterMs);
      asked = Date.now();
      foz.child.kill(signal);
    }
    const died = await Promise.race([foz.exited, pause(30000).then(() => ({ signal: 'none', code: null }))]);
    const diedMs = asked === undefined ? 0 : Date.now() - asked;
    const disk = stateOfDisk(folder.path);
    return { died, diedMs, disk, ...(await recovered(source, folder.path, since, disk, env)) };
  } finally {
    await foz?.stop('SIGKILL');
    folder.remove();
  }
}

/// Nothing lost, nothing doubled, nothing left lying about, nobody asked twice, at once.
export function checkWhole(outcome, what) {
  assert.equal(outcome.status, 'success', `${what}: ${JSON.stringify(outcome.metrics)}`);
  assert.deepEqual([outcome.lost, outcome.doubled], [0, 0], `${what}: rows lost and doubled`);
  assert.equal(outcome.runs, 1, `${what}: one run, that went on`);
  assert.ok(outcome.fetchedAgain <= outcome.slices, `${what}: ${outcome.fetchedAgain} pages of ${outcome.slices} slices were fetched again`);
  assert.ok(outcome.resumedMs <= 5000, `${what}: under way again after ${outcome.resumedMs} ms`);
  assert.deepEqual(outcome.leftovers, [], `${what}: files that nothing needs`);
}
