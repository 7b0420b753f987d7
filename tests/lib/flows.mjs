// Flows for tests, from the account to the schedule; every call is checked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export const kSpecs = {
  salesforce: 'cfc0fee1-7dc0-40ef-b73e-d8b134c436f5',
  dynamics: '38ad80fe-8b06-4938-94f4-d4ee80266b07',
  hubspot: 'cc6a4487-9e91-433e-a3a3-9cf6626c1806',
  datalake: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c',
};

export const kProfileParts = ['context/profile', 'context/profile-person-details', 'context/profile-personal-details'].map((part) => `https://ns.adobe.com/xdm/${part}`);

export const salesforceAuth = (simulator) => ({
  specName: 'OAuth2 Client Credential',
  params: { environmentUrl: simulator.url, clientId: simulator.clientId, clientSecret: simulator.clientSecret, apiVersion: '60.0' },
});

export const dynamicsAuth = (simulator) => ({
  specName: 'Service Principal Key Based Authentication',
  params: { serviceUri: simulator.url, servicePrincipalId: simulator.servicePrincipalId, servicePrincipalKey: simulator.servicePrincipalKey },
});

export const hubspotAuth = (simulator) => ({
  specName: 'Basic Authentication',
  params: {
    clientId: simulator.clientId,
    clientSecret: simulator.clientSecret,
    accessToken: simulator.accessToken,
    refreshToken: simulator.refreshToken,
    baseUrl: simulator.url,
  },
});

async function created(api, path, body) {
  const answer = await api.post(path, body);
  assert.ok(answer.status === 201 || answer.status === 200, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function createConnection(api, name, spec, auth) {
  return (await created(api, api.flow('/connections'), { name, connectionSpec: { id: spec, version: '1.0' }, ...(auth && { auth }) })).id;
}

/// A profile schema and a data set of it. `extra` are further members of the schema.
export async function createDataset(api, title, extra = {}) {
  const schema = await created(api, '/data/foundation/schemaregistry/tenant/schemas', {
    type: 'object',
    title,
    allOf: kProfileParts.map(($ref) => ({ $ref })),
    ...extra,
  });
  const [reference] = await created(api, '/data/foundation/catalog/dataSets', { name: title, schemaRef: { id: schema.$id } });
  return { schema: schema.$id, dataset: reference.slice(reference.lastIndexOf('/') + 1) };
}

export async function createMapping(api, schema, mappings, more = {}) {
  const entries = Object.entries(mappings).map(([destination, source]) => (typeof source === 'string' ? { sourceType: 'ATTRIBUTE', source, destination } : { ...source, destination }));
  return (await created(api, '/data/foundation/conversion/mappingSets', { outputSchema: { schemaRef: { id: schema } }, mappings: entries, ...more })).id;
}

export const kContactMapping = { _id: 'Id', 'person.name.firstName': 'FirstName', 'person.name.lastName': 'LastName', 'personalEmail.address': 'Email' };

/// A whole flow. Every part may be given; what is missing is made. Returns the ids of all parts.
export async function createFlow(api, { name, base, spec, auth, table, columns, mappings = kContactMapping, schema, dataset, options, copy, schedule, filters }) {
  base ??= await createConnection(api, `${name} account`, spec, auth);
  if (!dataset) ({ schema, dataset } = await createDataset(api, name));
  const mapping = await createMapping(api, schema, mappings);
  const params = { tableName: table, ...(columns && { columns: columns.map((column) => ({ name: column })) }), ...(filters && { filters }) };
  const source = (await created(api, api.flow('/sourceConnections'), { name, baseConnectionId: base, params })).id;
  const target = (await created(api, api.flow('/targetConnections'), { name, params: { dataSetId: dataset } })).id;
  const flow = await created(api, api.flow('/flows'), {
    name,
    flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' },
    sourceConnectionIds: [source],
    targetConnectionIds: [target],
    transformations: [...(copy ? [{ name: 'Copy', params: copy }] : []), { name: 'Mapping', params: { mappingId: mapping } }],
    scheduleParams: schedule ?? { startTime: Math.floor(Date.now() / 1000) - 60, frequency: 'day', interval: 1 },
    ...(options && { options }),
  });
  return { base, schema, dataset, mapping, source, target, flow: flow.id };
}

/// Makes a run on demand; its id.
export async function runNow(api, flow, params) {
  return (await created(api, api.flow('/runs'), { flowId: flow, ...(params && { params }) })).id;
}

/// The run, once it is over.
export async function finishedRun(api, id, eventually, timeoutMs = 60000) {
  return eventually(
    async () => {
      const { body } = await api.get(api.flow(`/runs/${id}`));
      const run = body.items[0];
      return ['success', 'partialSuccess', 'failed'].includes(run.metrics.statusSummary.status) && run;
    },
    `run ${id} ends`,
    timeoutMs,
  );
}

/// Rows of a quoted CSV file as objects.
export function readCsv(file) {
  const text = readFileSync(file, 'utf8');
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') cell += text[++i];
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      row.push(cell);
      cell = '';
      if (c === '\n') rows.push(row), (row = []);
    } else if (quoted || c !== '\r') cell += c;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  const [header, ...records] = rows;
  return records.map((record) => Object.fromEntries(header.map((name, i) => [name, record[i]])));
}
