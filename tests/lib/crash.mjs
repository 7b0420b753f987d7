// A server killed in the middle of a run, another one on the same data, and what landed, compared with the source by keys.
import { readFileSync } from 'node:fs';
import { connect } from './api.mjs';
import { createFlow, hubspotAuth, kSpecs, salesforceAuth } from './flows.mjs';
import { landedRows } from './parquet.mjs';
import { pause, startFoz, startSimulator, temporaryFolder } from './processes.mjs';

/// The points of docs/crash-points.md: every row of its table begins with one.
export const crashPoints = () =>
  [...readFileSync(new URL('../../docs/crash-points.md', import.meta.url), 'utf8').matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, name]) => name);

export async function hubspotSource(rows) {
  const simulator = await startSimulator('hubspot', { rows });
  return {
    name: 'hubspot', simulator, rows, spec: kSpecs.hubspot, auth: hubspotAuth(simulator), table: 'Hubspot.Contacts',
    mappings: { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value', 'personalEmail.address': 'Properties_Email_Value' },
    pagePath: '/crm/v3/objects/contacts', pagesNeeded: Math.ceil(rows / 100),
  };
}

export async function salesforceSource(rows) {
  const simulator = await startSimulator('salesforce', { rows });
  return {
    name: 'salesforce', simulator, rows, spec: kSpecs.salesforce, auth: salesforceAuth(simulator), table: 'Contact',
    mappings: { _id: 'Id', 'person.name.firstName': 'FirstName', 'personalEmail.address': 'Email' }, pagePath: undefined,
  };
}

export async function csvSource(file, rows) {
  const simulator = await startSimulator('salesforce', { args: ['--from', file] });
  return {
    name: 'csv', simulator, rows, spec: kSpecs.salesforce, auth: salesforceAuth(simulator), table: 'CRM_profiles',
    mappings: { _id: 'ID1', 'person.name.firstName': 'F_NAME', 'personalEmail.address': 'EMAIL' }, pagePath: undefined,
  };
}

async function lastCall(source) {
  return (await source.simulator.control('journal?limit=1')).last;
}

/// Pages that were asked for behind a call.
async function pagesAsked(source, since) {
  const { entries } = await source.simulator.control(`journal?since=${since}&limit=100000&path=${source.pagePath}`);
  return entries.filter((entry) => entry.method === 'GET').length;
}

async function datasetOf(api, flow) {
  const { body } = await api.get(api.flow(`/targetConnections/${flow.targetConnectionIds[0]}`));
  return body.items[0].params.dataSetId;
}

/// What a restart on the same data came to.
async function recovered(source, folder, since, env) {
  const restart = Date.now();
  const foz = await startFoz(folder, { allow: [source.simulator.url], env });
  try {
    const api = await connect(folder);
    const flow = (await api.get(api.flow('/flows'))).body.items[0];
    const runs = await api.finishedRuns(flow.id, 1, 120000);
    const recoveryMs = Date.now() - restart;
    const keys = (await landedRows(api, await datasetOf(api, flow))).map((row) => row._id);
    const distinct = new Set(keys).size;
    return {
      status: runs[0].metrics.statusSummary.status,
      metrics: runs[0].metrics,
      runs: (await api.runs(flow.id)).length,
      lost: source.rows - distinct,
      doubled: keys.length - distinct,
      pagesTooMany: source.pagePath ? Math.max(0, (await pagesAsked(source, since)) - source.pagesNeeded) : 0,
      recoveryMs,
    };
  } finally {
    await foz.stop('SIGKILL');
  }
}

/// Makes a flow and kills the server at a named point, or `killAfterMs` after the flow was made (`signal`: how); then starts
/// another one. `died` tells how the first one ended.
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
    if (killAfterMs !== undefined) {
      await pause(killAfterMs);
      foz.child.kill(signal);
    }
    const died = await Promise.race([foz.exited, pause(30000).then(() => ({ signal: 'none', code: null }))]);
    return { died, ...(await recovered(source, folder.path, since, env)) };
  } finally {
    await foz?.stop('SIGKILL');
    folder.remove();
  }
}
