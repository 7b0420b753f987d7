// Whole runs on a server of their own: the account and the flow are made in calm, then trouble begins and the run is asked for.
import { connect } from './api.mjs';
import { createConnection, createFlow, finishedRun, runNow } from './flows.mjs';
import { landedRows } from './parquet.mjs';
import { eventually, startFoz, temporaryFolder } from './processes.mjs';
import { callsSince, lastCall } from './sources.mjs';

const tomorrow = () => ({ startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 });

/// A server with an account at `source`, and verbs on it. `url`: in the place of the simulator's own, for a proxy between.
export async function openRig(source, { env = {}, url = source.simulator.url, auth = source.auth } = {}) {
  const folder = temporaryFolder();
  const foz = await startFoz(folder.path, { allow: [source.simulator.url, url], env });
  const api = await connect(folder.path);
  const base = await createConnection(api, source.name, source.spec, auth).catch(async (error) => {
    await foz.stop('SIGKILL');
    folder.remove();
    throw error;
  });
  const rig = { folder: folder.path, foz, api, base, source };
  /// A flow that waits until it is asked to run.
  rig.flow = (more = {}) => createFlow(api, { name: `${source.name} ${Math.random()}`, base, table: source.table, mappings: source.mappings, schedule: tomorrow(), ...more });
  rig.begin = (ids, params) => runNow(api, ids.flow, params);
  rig.end = (id, timeoutMs = 120000) => finishedRun(api, id, eventually, timeoutMs);
  /// What landed of a source whose rows all differ by their key.
  rig.landed = async (ids, rows = source.rows) => {
    const keys = (await landedRows(api, ids.dataset)).map((row) => row._id);
    const distinct = new Set(keys).size;
    return { keys, lost: rows - distinct, doubled: keys.length - distinct };
  };
  rig.faults = (rules) => source.simulator.control('faults', { clear: true, rules });
  rig.calm = () => source.simulator.control('faults', { clear: true });
  rig.close = async () => {
    await rig.calm();
    await foz.stop('SIGKILL');
    folder.remove();
  };
  return rig;
}

/// One run from begin to end while `rules` are in force: the run, what landed, what the vendor was asked meanwhile.
export async function runUnder(source, rules, { env, flow, before } = {}) {
  const rig = await openRig(source, { env });
  try {
    const ids = await rig.flow(flow);
    const since = await lastCall(source);
    await before?.(rig);
    await rig.faults(rules);
    const begun = Date.now();
    const run = await rig.end(await rig.begin(ids), 180000);
    const recoveryMs = Date.now() - begun;
    await rig.calm();
    const status = run.metrics.statusSummary.status;
    const landed = await rig.landed(ids);
    return { run, status, calls: await callsSince(source, since), recoveryMs, failed: status === 'failed', ...landed, lost: status === 'failed' ? 0 : landed.lost };
  } finally {
    await rig.close();
  }
}
