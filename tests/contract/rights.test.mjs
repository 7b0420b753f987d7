// F31: every operation of the description, each role, two sandboxes, own objects and those of the other sandbox, held against the policy
// (policy.mjs). An operation that the policy does not know fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api, connect } from '../lib/api.mjs';
import { ingest, jsonLines, person } from '../lib/batches.mjs';
import { createConnection, finishedRun, kSpecs, salesforceAuth } from '../lib/flows.mjs';
import { eventually, run, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';
import { Description } from './described.mjs';
import { flowOf, kRoles, objectsOf, permissionOf } from './policy.mjs';

const registry = '/data/foundation/schemaregistry/tenant';
const catalog = '/data/foundation/catalog';
const conversion = '/data/foundation/conversion';
const kSandboxes = ['rights-a', 'rights-b'];

let folder, foz, simulator, admin, operations;

async function made(api, path, body, headers) {
  const answer = await api.post(path, body, headers);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/// One object of every kind that belongs to a sandbox.
async function furnish(api, sandbox, name) {
  const profile = 'https://ns.adobe.com/xdm/context/profile';
  const bodies = {
    type: { title: `Type ${name}`, type: 'object', properties: { a: { type: 'string' } } },
    group: { title: `Group ${name}`, type: 'object', 'meta:intendedToExtend': [profile], allOf: [{ properties: { [`_${admin.tenant}`]: { type: 'object', properties: { [`field${name}`]: { type: 'string' } } } } }] },
    class: { title: `Class ${name}`, type: 'object', allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/record' }] },
    schema: { title: `Schema ${name}`, type: 'object', allOf: ['', '-person-details', '-personal-details'].map((tail) => ({ $ref: profile + tail })) },
  };
  const o = { sandbox, name, bodies, tag: `rows/${name}`, table: `data_${name}` };
  for (const [kind, collection] of [['type', 'datatypes'], ['group', 'fieldgroups'], ['class', 'classes'], ['schema', 'schemas']]) o[kind] = (await made(api, `${registry}/${collection}`, bodies[kind])).$id;
  o.descriptorBody = { '@type': 'xdm:descriptorIdentity', 'xdm:sourceSchema': o.schema, 'xdm:sourceVersion': 1, 'xdm:sourceProperty': '/personalEmail/address', 'xdm:namespace': 'Email', 'xdm:property': 'xdm:code', 'xdm:isPrimary': false };
  o.descriptor = (await made(api, `${registry}/descriptors`, o.descriptorBody))['@id'];
  o.dataset = (await made(api, `${catalog}/dataSets`, { name: `Data ${name}`, schemaRef: { id: o.schema }, tags: { [o.tag]: ['x'] } }))[0].slice('@/dataSets/'.length);
  o.view = (await api.get(`${catalog}/dataSets/${o.dataset}`)).body[o.dataset].viewId;
  await made(api, `/data/foundation/dataset/datasets/${o.dataset}/labels`, { labels: ['C1'] });
  o.batch = (await ingest(api, o.dataset, { 'rows.json': jsonLines([person(1), person(2), person(3), 'no json']) }, { enableErrorDiagnostics: true, partialIngestionPercent: 50 })).id;
  o.connectionSpec = (await made(api, api.flow('/connectionSpecs'), { name: `spec ${name}`, providerId: 'p' })).id;
  o.flowSpec = (await made(api, api.flow('/flowSpecs'), { name: `spec ${name}`, providerId: 'p' })).id;
  o.connection = await createConnection(api, `account ${name}`, kSpecs.salesforce, salesforceAuth(simulator));
  o.source = (await made(api, api.flow('/sourceConnections'), { name, baseConnectionId: o.connection, params: { tableName: 'Contact' } })).id;
  o.target = (await made(api, api.flow('/targetConnections'), { name, params: { dataSetId: o.dataset } })).id;
  const mappings = [{ sourceType: 'ATTRIBUTE', source: 'Id', destination: '_id' }];
  o.mappingSet = (await made(api, `${conversion}/mappingSets`, { xdmSchema: o.schema, mappings })).id;
  o.mapping = (await api.get(`${conversion}/mappingSets/${o.mappingSet}/mappings`)).body[0].id;
  o.sample = (await made(api, `${conversion}/samples`, { sampleData: '[{"a":1}]' })).id;
  o.sourceSchema = (await made(api, `${conversion}/schemas`, { jsonSchema: { type: 'object' } })).id;
  o.flow = (await made(api, api.flow('/flows'), flowOf(o))).id;
  o.run = (await made(api, api.flow('/runs'), { flowId: o.flow })).id;
  await finishedRun(api, o.run, eventually);
  return o;
}

/// An id that never was, of the same form.
const never = (value) => {
  if (typeof value === 'string') return value.replace(/\d/g, (digit) => String(9 - digit));
  if (Array.isArray(value)) return value.map(never);
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, never(one)]));
  return value;
};
/// What is left of an answer without its digits and what is new in each: a foreign id is answered as one that never was.
const plain = (answer) => `${answer.status} ${JSON.stringify(answer.body).replace(/"(request-id|requestId|registryRequestId|timestamp)":"[^"]*"/g, '').replace(/\d/g, '#')}`;

const kPlainIds = ['schema', 'group', 'class', 'type', 'descriptor', 'dataset', 'view', 'batch', 'connectionSpec', 'flowSpec', 'connection', 'source', 'target', 'mappingSet', 'mapping', 'sample', 'sourceSchema', 'flow', 'run', 'tag'];
const idsOf = (o) => kPlainIds.map((kind) => o[kind]);

async function clientOf(role) {
  const { out } = await run('foz', ['client', 'add', role, '--data', folder.path, '--role', role]);
  const clientId = /clientId +(\S+)/.exec(out)[1], clientSecret = /clientSecret +(\S+)/.exec(out)[1];
  const answer = await fetch(`${admin.credentials.imsEndpoint}/ims/token/v3`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }) });
  return new Api({ ...admin.credentials, clientId }, (await answer.json()).access_token);
}

before(async () => {
  folder = temporaryFolder();
  simulator = await startSimulator('salesforce', { rows: 5 });
  foz = await startFoz(folder.path, { allow: [simulator.url], env: { FOZ_LOG_LEVEL: 'off' } });
  admin = await connect(folder.path);
  admin.tenant = (await admin.get('/data/foundation/schemaregistry/stats')).body.tenantId;
  operations = new Description((await admin.get('/foz/openapi.json')).body).operations;
  for (const name of kSandboxes) await made(admin, '/data/foundation/sandbox-management/sandboxes', { name, title: name, type: 'development' });
});
after(async () => {
  await foz?.stop();
  await simulator?.stop();
  folder?.remove();
});

test('the policy knows every operation, and every role of the server', async () => {
  const unknown = operations.filter((one) => permissionOf(one) === undefined || objectsOf(one) === undefined).map((one) => one.name);
  assert.deepEqual(unknown, []);
  const { body } = await admin.get('/data/foundation/access-control/administration/roles');
  assert.deepEqual(body.items.map((one) => one.name).sort(), Object.keys(kRoles).sort());
});

test('every operation, role, sandbox and object is answered as the policy says', { timeout: 600000 }, async () => {
  const wrong = [];
  const counts = { requests: 0, refused: 0, own: 0, foreign: 0 };
  for (const [number, role] of Object.keys(kRoles).entries()) {
    const api = await clientOf(role);
    const objects = {};
    for (const sandbox of kSandboxes) objects[sandbox] = await furnish(admin.in(sandbox), sandbox, `${sandbox.at(-1)}${number}`);
    for (const sandbox of kSandboxes) {
      const here = api.in(sandbox);
      const mine = objects[sandbox];
      const theirs = objects[kSandboxes.find((other) => other !== sandbox)];
      const foreignIds = idsOf(theirs);
      const ask = async (operation, of) => {
        const { variables, query, headers, body } = objectsOf(operation).request(of);
        let next = 0;
        const path = operation.path.replace(/{[^}]+}/g, () => encodeURIComponent(variables[next++])) + (query && `?${query}`);
        const sent = `${path} ${JSON.stringify(body ?? '')}`;
        counts.requests += 1;
        const answer = await here.call(operation.verb, path, body, headers);
        const said = `${role} in ${sandbox}: ${operation.verb} ${decodeURIComponent(path)}`;
        const text = JSON.stringify(answer.body);
        for (const id of foreignIds) if (text.includes(id) && !decodeURIComponent(sent).includes(id)) wrong.push(`${said} tells ${id} of the other sandbox`);
        return { ...answer, said: `${said} answers ${answer.status} ${text.slice(0, 300)}` };
      };
      // What deletes comes last, parts before wholes.
      const rank = ({ verb, path }) => (verb === 'DELETE' ? 100 - path.split('/').length : 0);
      const order = [...operations].sort((a, b) => rank(a) - rank(b));
      for (const operation of order) {
        const permission = permissionOf(operation);
        const { names, foreign } = objectsOf(operation);
        if (permission === 'open' || !names) continue;
        const answer = await ask(operation, theirs);
        if (permission !== null && !kRoles[role].includes(permission)) {
          counts.refused += 1;
          if (answer.status !== 403) wrong.push(`${answer.said}, not 403: it takes ${permission} (foreign object)`);
          continue;
        }
        counts.foreign += 1;
        const unknown = await ask(operation, never(theirs));
        if (!foreign.includes(answer.status)) wrong.push(`${answer.said}, not ${foreign.join(' or ')}: a foreign object`);
        if (plain(answer) !== plain(unknown)) wrong.push(`${answer.said}, but an id that never was ${unknown.said}`);
      }
      for (const operation of order) {
        const permission = permissionOf(operation);
        if (permission === 'open') continue;
        const { own } = objectsOf(operation);
        if (operation.path.includes('{mappingId}')) mine.mapping = (await admin.in(sandbox).get(`${conversion}/mappingSets/${mine.mappingSet}/mappings`)).body[0].id;  // new ids with each PUT of the set
        const answer = await ask(operation, mine);
        if (permission !== null && !kRoles[role].includes(permission)) {
          counts.refused += 1;
          if (answer.status !== 403) wrong.push(`${answer.said}, not 403: it takes ${permission} (own object)`);
          continue;
        }
        counts.own += 1;
        const reads = ['GET', 'HEAD'].includes(operation.verb);
        const fine = answer.status < 300 || answer.status === 501 || own.includes(answer.status) || (!reads && [400, 409, 412].includes(answer.status));
        if (!fine) wrong.push(`${answer.said}: an own object`);
      }
    }
  }
  console.log(`${operations.length} operations x ${Object.keys(kRoles).length} roles x ${kSandboxes.length} sandboxes: ${counts.requests} requests, ${counts.own} with own objects, ${counts.foreign} with foreign ones, ${counts.refused} refused for the role`);
  assert.deepEqual(wrong, []);
});
