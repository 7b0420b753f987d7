// Who may call what, and whose objects: the policy of Foz, written from the contracts and not from the code.
// Follows: Sandbox and authentication contract, 4 and 5.7; Flow Service contract, 13.10.

/// Permissions of each role (4); a `manage-x` brings its `view-x`.
const kViews = ['view-schemas', 'view-datasets', 'view-sources', 'view-sandboxes'];
export const kRoles = {
  admin: [...kViews, 'manage-schemas', 'manage-datasets', 'manage-sources', 'manage-sandboxes', 'reset-sandboxes', 'manage-access'],
  editor: [...kViews, 'manage-schemas', 'manage-datasets', 'manage-sources'],
  operator: [...kViews, 'manage-sources'],
  viewer: kViews,
  service: [...kViews, 'manage-schemas', 'manage-datasets', 'manage-sources'],
};

/// A service: what reading and writing take, and which calls of other verbs only read.
const kServices = [
  { at: /^\/ims\/|^\/foz\/(health|metrics|openapi\.json)$/, open: true },
  { at: /^\/data\/foundation\/flowservice\/(connectionSpecs|flowSpecs)(\/\{id\})?$/, read: 'view-sources', write: 'manage-sources' },
  { at: /^\/data\/foundation\/flowservice\//, read: 'view-sources', write: 'manage-sources', reads: /\/search$/ },
  { at: /^\/data\/foundation\/connectors\//, read: 'view-sources', write: 'manage-sources', writes: /landingzone\/credentials$/ },
  { at: /^\/data\/foundation\/conversion\//, read: 'view-sources', write: 'manage-sources', reads: /\/(validate|preview)$/ },
  { at: /^\/data\/foundation\/schemaregistry\//, read: 'view-schemas', write: 'manage-schemas' },
  { at: /^\/data\/foundation\/(catalog|dataset|import|export)(\/|$)/, read: 'view-datasets', write: 'manage-datasets' },
  { at: /^\/foz\/v1\/derive$/, read: 'view-schemas', write: 'manage-schemas' },
  { at: /^\/foz\/v1\//, read: 'view-datasets', write: 'manage-datasets', reads: /\/query$/ },
  { at: /^\/data\/foundation\/sandbox-management\/?$/, read: null },
  { at: /^\/data\/foundation\/sandbox-management\/sandboxes\/\{name\}$/, read: 'view-sandboxes', write: 'manage-sandboxes', resets: true },
  { at: /^\/data\/foundation\/sandbox-management\//, read: 'view-sandboxes', write: 'manage-sandboxes' },
  { at: /^\/data\/foundation\/access-control\/administration\/roles$/, read: 'manage-access', write: null },
  { at: /^\/data\/foundation\/access-control\//, read: null, write: null },
  { at: /^\/data\/foundation\/exim\/|^\/data\/infrastructure\//, read: null, write: null },
];

/// The permission of an operation; null: any token, 'open': none. Undefined: the policy does not know it.
export function permissionOf({ verb, path }) {
  const service = kServices.find((one) => one.at.test(path));
  if (!service) return undefined;
  if (service.open) return 'open';
  if (service.resets && verb === 'PUT') return 'reset-sandboxes';
  const reads = (['GET', 'HEAD'].includes(verb) && !service.writes?.test(path)) || service.reads?.test(path);
  return reads ? service.read : service.write;
}

const kinds = { schema: 'schema', schemas: 'schema', classes: 'class', fieldgroups: 'group', mixins: 'group', datatypes: 'type' };
const xed = { Accept: 'application/vnd.adobe.xed+json;version=1' };
const kGlobal = { schemas: '_xdm.context.nothing', classes: '_xdm.context.profile', fieldgroups: '_xdm.context.identitymap', mixins: '_xdm.context.identitymap', datatypes: '_xdm.context.person', behaviors: '_xdm.data.record' };
/// A flow over a source, a target and a mapping set.
export const flowOf = (o) => ({
  name: 'a flow', flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860' }, sourceConnectionIds: [o.source], targetConnectionIds: [o.target],
  transformations: [{ name: 'Mapping', params: { mappingId: o.mappingSet } }], scheduleParams: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 },
});
const rename = () => [{ op: 'replace', path: '/name', value: 'x' }];

/// What stands in the place of a path's variables, and what else a sensible call holds; first fit. `of`: variables in their order, from the
/// objects `o` of a sandbox (rights.test.mjs makes them). `shared`: the path names nothing that belongs to a sandbox. `own`: what an own object
/// is answered with instead of success; `foreign`: what one of another sandbox is, instead of 404 (reading and deleting) or 400, 404 or 412
/// (the rest). In all cases it is answered as an id that never was.
const kObjects = [
  [/\/flowservice\/connections\/{id}\/explore$/, { of: (o) => [o.connection], query: () => 'objectType=root' }],
  [/\/flowservice\/connections\/{id}/, { of: (o) => [o.connection], query: () => 'op=publish', body: rename }],
  [/\/flowservice\/(source|target)Connections\/{id}/, { of: (o, [, kind]) => [o[kind]], query: () => 'op=publish', body: rename }],
  [/\/flowservice\/connectionSpecs\/{id}\/explore$/, { of: (o) => [o.connectionSpec], query: () => 'objectType=root', own: [400] }],
  [/\/flowservice\/connectionSpecs\/{id}/, { of: (o) => [o.connectionSpec], body: (o) => ({ name: `spec ${o.name}`, providerId: 'p' }) }],
  [/\/flowservice\/flowSpecs\/{id}/, { of: (o) => [o.flowSpec], body: (o) => ({ name: `spec ${o.name}`, providerId: 'p' }) }],
  [/\/flowservice\/flows\/{id}\/runs$/, { of: (o) => [o.flow], foreign: [200] }],
  [/\/flowservice\/flows\/{id}/, { of: (o) => [o.flow], query: () => 'op=enable', body: rename }],
  [/\/flowservice\/runs\/{id}/, { of: (o) => [o.run], query: () => 'op=cancel' }],
  [/\/flowservice\/runs$/, { of: () => [], body: (o) => ({ flowId: o.flow }) }],
  [/\/flowservice\/sourceConnections$/, { of: () => [], body: (o) => ({ name: 's', baseConnectionId: o.connection, params: { tableName: 'Contact' } }) }],
  [/\/flowservice\/targetConnections$/, { of: () => [], body: (o) => ({ name: 't', params: { dataSetId: o.dataset } }) }],
  [/\/flowservice\/flows$/, { of: () => [], body: flowOf }],
  [/\/connectors\/encryption\/keys\/{id}$/, { of: () => ['x'], shared: true }],
  [/\/mappingSets\/{id}\/mappings\/{mappingId}$/, { of: (o) => [o.mappingSet, o.mapping], body: () => ({ source: 'Id', destination: '_id' }) }],
  [/\/mappingSets\/{id}\/mappings$/, { of: (o) => [o.mappingSet], body: () => ({ source: 'Id', destination: '_id' }) }],
  [/\/mappingSets\/{id}$/, { of: (o) => [o.mappingSet], body: (o) => ({ xdmSchema: o.schema, mappings: [{ source: 'Id', destination: '_id' }] }) }],
  [/\/mappingSets\/suggestion$/, { of: () => [], query: (o) => `datasetId=${o.dataset}` }],
  [/\/mappingSets$/, { of: () => [], query: () => 'validate=true', body: (o) => ({ xdmSchema: o.schema, mappings: [{ source: 'Id', destination: '_id' }] }) }],
  [/\/mappingSets\/preview$/, { of: () => [], body: (o) => ({ data: { Id: 1 }, mappingSet: { xdmSchema: o.schema, mappings: [{ source: 'Id', destination: '_id' }] } }) }],
  [/\/mappingSets\/validate$/, { of: () => [], body: (o) => ({ xdmSchema: o.schema, mappings: [{ source: 'Id', destination: '_id' }] }), foreign: [200] }],
  [/\/conversion\/samples\/{id}$/, { of: (o) => [o.sample], body: () => ({ sampleData: '[{"a":1}]' }) }],
  [/\/conversion\/schemas\/{id}$/, { of: (o) => [o.sourceSchema] }],
  [/\/conversion\/schemas$/, { of: () => [], body: (o) => ({ sampleId: o.sample }) }],
  [/\/xdmBatchConversions\/{id}\/activities\/{activityId}$/, { of: (o) => [o.run, `${o.run}-0`] }],
  [/\/xdmBatchConversions\/{id}/, { of: (o) => [o.run] }],
  [/\/schemaregistry\/global\/(\w+)\/{id}/, { of: (o, [, kind]) => [kGlobal[kind]], shared: true, headers: xed, own: [403, 404] }],
  [/\/schemaregistry\/tenant\/unions\/{id}/, { of: () => ['_xdm.context.profile__union'], shared: true, headers: xed, own: [404] }],
  [/\/schemaregistry\/tenant\/descriptors\/{id}$/, { of: (o) => [o.descriptor], headers: { Accept: 'application/vnd.adobe.xdm+json' }, body: (o) => o.descriptorBody }],
  [/\/schemaregistry\/tenant\/descriptors$/, { of: () => [], headers: { Accept: 'application/vnd.adobe.xdm+json' }, body: (o) => o.descriptorBody }],
  [/\/schemaregistry\/global\//, { of: () => [], shared: true, headers: xed, own: [403] }],
  [/\/schemaregistry\/tenant\/(schemas?|classes|fieldgroups|mixins|datatypes)\/{id}/, { of: (o, [, kind]) => [o[kinds[kind]]], headers: xed, body: (o, verb, [, kind]) => (verb === 'PATCH' ? [{ op: 'add', path: '/description', value: 'x' }] : o.bodies[kinds[kind]]), own: { DELETE: [404] } }],
  [/\/schemaregistry\/tenant\/schemas$/, { of: () => [], headers: xed, body: (o) => ({ ...o.bodies.schema, allOf: [...o.bodies.schema.allOf, { $ref: o.group }] }) }],
  [/\/schemaregistry\/rpc\/(export|auditlog|sampledata)\/{id}$/, { of: (o) => [o.schema], headers: xed }],
  [/\/schemaregistry\//, { of: () => [], headers: xed }],
  [/\/catalog\/(dataSets|datasets|dataSet)\/{id}\/views\/{viewId}/, { of: (o) => [o.dataset, o.view] }],
  [/\/catalog\/(v2\/)?(dataSets|datasets|dataSet)\/{id}/, { of: (o) => [o.dataset], body: (o) => ({ name: `Data ${o.name}`, schemaRef: { id: o.schema }, tags: { [o.tag]: ['x'] } }), foreign: { DELETE: [200] } }],
  [/\/catalog\/(dataSets|datasets|dataSet)$/, { of: () => [], body: (o) => ({ name: 'x', schemaRef: { id: o.schema } }) }],
  [/\/catalog\/(batches|batch)\/uniques\/{field}$/, { of: () => ['status'], shared: true }],
  [/\/catalog\/(batches|batch)\/{id}$/, { of: (o) => [o.batch], body: (o) => ({ externalId: 'x', datasetId: o.dataset }), foreign: { DELETE: [200] } }],
  [/\/catalog\/(batches|batch)$/, { of: () => [], body: (o) => ({ datasetId: o.dataset }) }],
  [/\/catalog\/dataSetFiles\/{fileId}$/, { of: (o) => [`${o.batch}-1`] }],
  [/\/catalog\/dataSetFiles$/, { of: () => [], query: (o) => `dataSetId=${o.dataset}`, foreign: [200] }],
  [/\/catalog\/lastBatches$/, { of: () => [], query: (o) => `dataSetId=${o.dataset}`, foreign: [200] }],
  [/\/catalog\/dataSetViews?\/{viewId}$/, { of: (o) => [o.view] }],
  [/\/catalog\/tags\/{tagNamespace}$/, { of: (o) => [o.tag] }],
  [/\/catalog\/connections\/{id}$/, { of: () => ['x'], shared: true }],
  [/\/catalog\/$/, { of: () => [], body: (o) => [{ id: 'one', resource: '/batches', method: 'post', body: { datasetId: o.dataset } }] }],
  [/\/dataset\/datasets\/{datasetId}\/labels$/, { of: (o) => [o.dataset], headers: { 'If-Match': '"none"' }, body: () => ({ labels: ['C1'] }), own: { POST: [403] } }],
  [/\/batches\/{batchId}\/datasets\/{datasetId}\/(files\/{filePath}|preview)$/, { of: (o, [, what]) => [o.batch, o.dataset, ...(what === 'preview' ? [] : ['rows.json'])], query: (o, verb) => (verb === 'POST' ? 'action=COMPLETE' : ''), file: true, own: { HEAD: [404] } }],
  [/\/import\/batches\/{batchId}$/, { of: (o) => [o.batch], query: () => 'action=ABORT' }],
  [/\/import\/batches$/, { of: () => [], body: (o) => ({ datasetId: o.dataset, inputFormat: { format: 'json' } }) }],
  [/\/export\/batches\/{batchId}\/(files|failed|meta)$/, { of: (o) => [o.batch] }],
  [/\/export\/files\/{fileId}$/, { of: (o) => [`${o.batch}-1`], query: (o, verb) => (verb === 'HEAD' ? 'path=part-00000.parquet' : '') }],
  [/\/export\/data[sS]ets\/{datasetId}\/preview$/, { of: (o) => [o.dataset] }],
  [/\/foz\/v1\/datasets\/{datasetId}\/statistics$/, { of: (o) => [o.dataset], query: () => 'distinct=false' }],
  [/\/foz\/v1\/batches\/{batchId}\/lineage$/, { of: (o) => [o.batch] }],
  [/\/foz\/v1\/query$/, { of: () => [], body: (o) => ({ sql: `SELECT count(*) FROM ${o.table}` }) }],
  [/\/foz\/v1\/derive$/, { of: () => [], query: (o) => `name=x&connectionId=${o.connection}&table=Contact` }],
  [/\/sandboxes\/{name}$/, { of: (o) => [o.sandbox], shared: true, query: () => 'validationOnly=true', body: (o, verb) => (verb === 'PATCH' ? { title: o.sandbox } : { action: 'reset' }) }],
  [/\/{rest}$/, { of: () => ['x'], shared: true }],
  [/\/acl\/effective-policies$/, { of: () => [], body: () => ['/permissions/view-schemas'] }],
  [/^[^{]*$/, { of: () => [], names: 'nothing' }],
];

const list = (value, verb) => (Array.isArray(value) ? value : value?.[verb]);

/// What the policy says of an operation's objects; undefined: it does not know it.
export function objectsOf({ verb, path }) {
  for (const [at, row] of kObjects) {
    const match = at.exec(path);
    if (!match) continue;
    const given = (one) => row.of(one, match);
    const names = !row.shared && row.names !== 'nothing' && (path.includes('{') || row.query?.length > 0 || (row.body?.length > 0 && verb !== 'GET'));
    return {
      names,
      own: list(row.own, verb) ?? [],
      foreign: list(row.foreign, verb) ?? (['GET', 'HEAD', 'DELETE'].includes(verb) ? [404] : [400, 404, 412]),
      request: (one) => ({
        variables: given(one),
        query: row.query?.(one, verb) ?? '',
        headers: { ...row.headers, ...(row.file && { 'Content-Type': 'application/octet-stream' }) },
        body: ['GET', 'HEAD', 'DELETE'].includes(verb) ? undefined : row.file ? 'x' : (row.body?.(one, verb, match) ?? {}),
      }),
    };
  }
  return undefined;
}
