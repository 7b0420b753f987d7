// Follows: Flow Service contract.
import { finishedRun, kSpecs, salesforceAuth } from '../../lib/flows.mjs';
import { eventually } from '../../lib/processes.mjs';

const base = '/data/foundation/flowservice';
const connectors = '/data/foundation/connectors';
const kCrm = '14518937-270c-4525-bdec-c2ba7cce3860', kStorage = '9753525b-82c7-4dce-8a9b-5ccfce2b9876', kRest = '6499120c-0b15-42dc-936e-847ea3c24d72';
const kLandingZone = '26f526f2-58f4-4712-961d-e41bf1ccc0e8';
const etag = /^"[0-9a-f]{8}-0000-0200-0000-[0-9a-f]{12}"$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const none = 'ffffffff-ffff-4fff-bfff-ffffffffffff';

/// The service shape of an error (4.2): "1439-404", for a provider's "1330" with the status it comes with.
const flow = (code, more = {}) => ({
  status: Number(code.split('-')[1]),
  body: {
    type: `https://ns.adobe.com/aep/errors/FLOW-${code}`, status: Number(code.split('-')[1]), title: /./, errorMessage: /./, errorDetails: /./,
    report: { 'detailed-message': /./, 'request-id': /./, ...more },
  },
});
const provider = (number) => flow('1100-400', { 'provider-code': `CONNECTOR-${number}-400` });
const items = (n) => ({ status: 200, body: { items: (list) => list.length === n, _links: {} } });
const audit = { id: uuid, etag, createdAt: Number.isInteger, updatedAt: Number.isInteger, createdBy: /./, updatedBy: /./, createdClient: /./, updatedClient: /./, sandboxId: /./, sandboxName: 'prod', imsOrgId: /@AdobeOrg$/ };
const made = (collection) => ({ status: 201, body: { id: uuid, etag }, headers: { location: new RegExp(`^${base}/${collection}/[0-9a-f-]{36}$`), etag } });
const changed = { status: 200, body: { id: uuid, etag }, headers: { etag } };

/// `known`: people, a schema; dataset of it; simulator: a CRM with contacts. Gives ids for what comes after.
export async function flowRows(t, { people, dataset, simulator }) {
  const get = (ref, path, want, headers) => t.row(ref, 'GET', base + path, { headers, want });
  const send = (ref, method, path, body, want, headers) => t.row(ref, method, base + path, { body, headers, want });
  const post = (ref, path, body, want) => send(ref, 'POST', path, body, want);
  const act = (ref, path, want) => send(ref, 'POST', path, undefined, want);
  /// A patch with the etag of now.
  const patch = async (ref, path, body, want) => send(ref, 'PATCH', path, body, want, { 'If-Match': (await t.api.get(base + path)).headers.get('etag') });
  const auth = salesforceAuth(simulator);
  const spec = { id: kSpecs.salesforce, version: '1.0' };

  // 5 and 6: specs
  await get('5.1', '/connectionSpecs', { status: 200, body: { items: (list) => list.length >= 5 && list.every((one) => one.sourceSpec && one.sourceSpec.attributes && one.permissionsInfo.view), _links: (l) => !l.next } });
  await get('5.1', '/connectionSpecs?property=name==%22salesforce%22', { status: 200, body: { items: [{ id: spec.id, version: '1.0', providerId: '0ed90a81-07f4-4586-8190-b40eccef1c5a', sourceSpec: { attributes: { uiAttributes: { isSource: true, category: { key: 'crm' } } } }, exploreSpec: { type: 'Tabular' }, attributes: { isDraftModeSupported: true, category: 'CRM' } }] } });
  for (const [name, id] of [['dynamics-online', kSpecs.dynamics], ['hubspot', kSpecs.hubspot], ['datalake', kSpecs.datalake], ['landing-zone', kLandingZone]]) {
    await get('5.3', `/connectionSpecs/${id}`, { status: 200, body: { items: [{ id, name }] } });
  }
  await get('5.1', `/connectionSpecs?property=id==${spec.id}`, items(1));
  await get('5.3', '/connectionSpecs/be5ec48c-5b78-49d5-b8fa-7c89ec4569b8', flow('1439-404', { type: 'connectionSpecs' }));
  await get('3', '/connectionSpecs?limit=1', { status: 200, body: { items: (i) => i.length === 1, _links: { next: { href: /^\/connectionSpecs\?continuationToken=[A-Za-z0-9._~-]+$/ } } } });
  await get('3.4', '/connectionSpecs?count=true', { status: 200, body: { count: (n) => n >= 5, items: undefined } });
  const custom = await post('5.1', '/connectionSpecs', { name: 'rows-rest', providerId: 'p', type: 'generic-rest' }, { status: 201, body: { id: uuid, name: 'rows-rest', version: '1.0', etag }, headers: { location: /connectionSpecs/ } });
  await post('5.1', '/connectionSpecs', { name: 'rows-rest', providerId: 'p' }, provider(1312));
  await post('5.1', '/connectionSpecs', { name: 'x' }, provider(1304));
  await post('5.1', '/connectionSpecs', { providerId: 'p' }, provider(1304));
  await send('5.1', 'PUT', `/connectionSpecs/${custom.id}`, { id: custom.id, name: 'rows-rest', providerId: 'p', description: 'put' }, { status: 200, body: { id: custom.id, description: 'put' } });
  await send('5.1', 'PUT', `/connectionSpecs/${custom.id}`, { id: none, name: 'rows-rest', providerId: 'p' }, provider(1312));
  await send('5.1', 'PUT', `/connectionSpecs/${spec.id}`, { name: 'x', providerId: 'p' }, flow('2120-403'));
  await send('5.1', 'DELETE', `/connectionSpecs/${spec.id}`, undefined, flow('2120-403'));
  await get('5.1', `/connectionSpecs/${custom.id}/configs?outputType=x&limit=20&start=0`, { status: 200, body: { items: [], pageInfo: { hasNext: false } } });
  await get('5.1, 12', `/connectionSpecs/${kLandingZone}/explore?objectType=root`, flow('1101-404'));
  await get('5.1', `/connectionSpecs/${spec.id}/explore?objectType=root`, provider(1372));
  await get('5.5', `/flowSpecs?property=sourceConnectionSpecIds[]==${custom.id}`, { status: 200, body: { items: [{ id: kRest }] } });
  await send('5.1', 'DELETE', `/connectionSpecs/${custom.id}`, undefined, { status: 204, body: '' });
  await get('5.1', `/connectionSpecs/${custom.id}`, flow('1439-404'));

  for (const query of ['property=name==%22CRMToAEP%22', 'property=name=="CRMToAEP"', 'property=name==CRMToAEP', 'property=name%3D%3DCRMToAEP', 'property=name%3D%3D%22CRMToAEP%22', "property=name=='CRMToAEP'", 'property=name=CRMToAEP']) {
    await get('3.1, 6.1', `/flowSpecs?${query}`, { status: 200, body: { items: [{ id: kCrm, name: 'CRMToAEP', transformationSpecs: [{ name: 'Copy' }, { name: 'Mapping' }], scheduleSpec: { name: 'PeriodicSchedule', spec: { required: ['startTime', 'frequency'] } }, targetConnectionSpecIds: [kSpecs.datalake] }] } });
  }
  for (const id of [kCrm, kStorage, kRest]) await get('6.2', `/flowSpecs/${id}`, { status: 200, body: { items: [{ id, optionSpec: { name: 'OptionSpec' }, runSpec: { name: 'ProviderParams' }, attributes: { isSourceFlow: true } }] } });
  await get('6.2', '/flowSpecs/c1a19761-d2c7-4702-b9fa-fe91f0613e81', flow('1439-404', { type: 'flowSpecs' }));
  const ownSpec = await post('6.1', '/flowSpecs', { name: 'rows-flow', providerId: 'p' }, { status: 201, body: { id: uuid, name: 'rows-flow' } });
  await post('6.1', '/flowSpecs', { name: 'x' }, provider(1304));
  await send('6.1', 'PUT', `/flowSpecs/${ownSpec.id}`, { name: 'rows-flow', providerId: 'q' }, { status: 200, body: { providerId: 'q' } });
  await send('6.1', 'PUT', `/flowSpecs/${kCrm}`, { name: 'CRMToAEP', providerId: 'p' }, flow('2120-403'));
  await send('6.1', 'PUT', `/flowSpecs/${kRest}`, { name: 'RestStorageToAEP', providerId: 'p', sourceConnectionSpecIds: [custom.id] }, { status: 200, body: { sourceConnectionSpecIds: (ids) => ids.includes(custom.id) } });
  await send('6.1', 'DELETE', `/flowSpecs/${kCrm}`, undefined, flow('2120-403'));
  await post('6.1', '/flowSpecs/search', { queryString: 'name==rows-flow', groupByProperty: 'x' }, { status: 200, body: { items: [{ id: ownSpec.id }] } });
  await send('6.1', 'DELETE', `/flowSpecs/${ownSpec.id}`, undefined, 204);

  // 7: connections
  const body = { name: 'Rows CRM', description: 'of rows', auth, connectionSpec: spec, providerId: 'mine', labels: [] };
  const account = await post('7.1', '/connections', body, made('connections'));
  await post('7.1', '/connections', { ...body, name: undefined }, provider(1304));
  await post('7.1', '/connections', { ...body, name: 'x'.repeat(256) }, provider(1312));
  await post('7.1', '/connections', { ...body, name: 5 }, provider(1312));
  await post('7.1', '/connections', { ...body, description: 5 }, provider(1312));
  await post('7.1', '/connections', { ...body, labels: 'C1' }, provider(1312));
  await post('4.3', '/connections', { ...body, connectionSpec: { id: none } }, flow('1413-400'));
  await post('4.3', '/connections', { ...body, connectionSpec: undefined }, provider(1304));
  await post('4.3', '/connections', { ...body, auth: { specName: 'Nothing', params: {} } }, flow('1415-400'));
  await post('5.4', '/connections', { ...body, auth: { specName: 'OAuth2 Client Credential', params: { environmentUrl: simulator.url } } }, provider(1304));
  await post('7.1', '/connections', { ...body, auth: { ...auth, params: { ...auth.params, clientSecret: 'wrong' } } }, provider(1308));
  await post('5.4', '/connections', { name: 'no account', connectionSpec: { id: kSpecs.datalake }, auth: { specName: 'Basic Authentication', params: {} } }, provider(1301));
  await post('7.1', '/connections?mode=sketch', body, provider(1312));
  const lake = await post('7.1', '/connections', { name: 'Dataset base', connectionSpec: { id: kSpecs.datalake, version: 1 } }, made('connections'));
  await get('7.2', `/connections/${account.id}`, {
    status: 200, headers: { etag },
    body: { items: [{ ...audit, id: account.id, name: 'Rows CRM', description: 'of rows', connectionSpec: spec, state: 'enabled', auth: { specName: auth.specName, params: { clientSecret: '********', environmentUrl: simulator.url } }, version: etag, lastOperation: { operation: 'create' } }], _links: {} },
  });
  await get('4.3', `/connections/${none}`, flow('1439-404', { id: none, type: 'connections' }));
  await get('1.1', `/connections/${account.id}/`, items(1));
  await get('7.3', `/connections/${account.id}/test`, { status: 200, body: { result: true } });
  await get('7.3', `/connections/${none}/test`, flow('1439-404'));
  const explore = (ref, query, want) => get(ref, `/connections/${account.id}/explore?${query}`, want);
  await explore('7.4', 'objectType=root', { status: 200, body: (list) => list.some((one) => one.type === 'table' && one.path === 'Contact' && one.canPreview && one.canFetchSchema) });
  await explore('7.4', 'objectType=TABLE&object=%22Contact%22&preview=True', { status: 200, body: { format: 'flat', schema: { columns: (c) => c.some((one) => one.name === 'LastModifiedDate' && one['meta:xdmType'] === 'date-time' && one.meta.originalType === 'DateTime') }, data: (rows) => rows.length > 0 && rows.length <= 100 } });
  await explore('7.4', 'objectType=table&object=Contact', { status: 200, body: { data: undefined } });
  await explore('4.4', 'object=Contact', provider(1359));
  await explore('4.4', 'objectType=shelf&object=Contact', provider(1358));
  await explore('4.4', 'objectType=table', provider(1337));
  await explore('4.4', 'objectType=table&object=Contact&columnDelimiter=xx', provider(1331));
  await explore('4.4', 'objectType=file&object=Contact&determineProperties=true&fileType=json', provider(1374));
  await explore('4.4', 'objectType=table&object=Contact&determineProperties=true', provider(1371));
  await explore('4.4', 'objectType=table&object=Nothing', flow('1101-404', { 'provider-code': 'CONNECTOR-1330-400' }));
  const pql = (value) => Buffer.from(JSON.stringify({ type: 'PQL', format: 'pql/json', value })).toString('base64');
  const field = { nodeType: 'fieldLookup', fieldName: 'LastName' };
  const call = (fnName, ...params) => ({ nodeType: 'fnApply', fnName, params });
  await explore('8.3', `objectType=table&object=Contact&preview=true&filters=${encodeURIComponent(pql(call('=', field, { nodeType: 'literal', value: 'nobody-has-this' })))}`, { status: 200, body: { data: [] } });
  for (const [filters, why] of [['%25%25', 'base64'], [pql({}), 'no node'], [pql(call('nothing', field)), 'operator'], [pql(call('not')), 'arity'], [pql(call('=', { nodeType: 'fieldLookup', fieldName: 'Nope' }, { nodeType: 'literal', value: 'x' })), 'column'], [Buffer.from('{"type":"SQL"}').toString('base64'), 'type']]) {
    await explore(`4.4, ${why}`, `objectType=table&object=Contact&preview=true&filters=${encodeURIComponent(filters)}`, { status: 400, body: { type: /FLOW-1100-400$/, report: { 'provider-code': /^CONNECTOR-(1349|135\d|137[789]|1389|1390)-400$/ } } });
  }
  await get('7.5', `/connections/${account.id}/configs`, { status: 200, body: { items: [] } });
  await get('7.5', `/connections/${account.id}/configs?object=Contact`, { status: 200, body: { items: (list) => list.some((one) => one.columnName === 'LastModifiedDate' && one.columnType === 'date-time') } });
  await send('4.3', 'PATCH', `/connections/${account.id}`, [{ op: 'replace', path: '/name', value: 'x' }], flow('1403-400'));
  await send('4.3', 'PATCH', `/connections/${account.id}`, [{ op: 'replace', path: '/name', value: 'x' }], flow('1404-412'), { 'If-Match': '"00000000-0000-0200-0000-000000000000"' });
  for (const how of ['*', (tag) => tag, (tag) => tag.slice(1, -1), (tag) => `W/${tag}`]) {
    const tag = (await t.api.get(`${base}/connections/${account.id}`)).headers.get('etag');
    await send('2.4', 'PATCH', `/connections/${account.id}`, { op: 'REPLACE', path: '/name', value: 'Rows CRM' }, changed, { 'If-Match': typeof how === 'string' ? how : how(tag) });
  }
  await patch('7.2', `/connections/${account.id}?if-match=*`, [{ op: 'add', path: '/description', value: 'patched' }, { op: 'replace', path: '/auth/params/clientSecret', value: '********' }], changed);
  await send('1.2', 'PATCH', `/connections/${account.id}?if-match=*`, [{ op: 'add', path: '/labels', value: [] }], changed);
  await get('2.5', `/connections/${account.id}`, { status: 200, body: { items: [{ description: 'patched', lastOperation: { operation: 'update', percentCompleted: 100, status: { value: 'completed', errors: [] }, ops: Array.isArray } }] } });
  for (const [ops, want] of [[[{ op: 'copy', from: '/name', path: '/x' }], flow('1434-400')], [[{ op: 'test', path: '/name', value: 'x' }], flow('1434-400')], [[{ op: 'remove', path: '/labels/9' }], flow('1455-400')], [[{ op: 'replace', path: '/state', value: 'draft' }], flow('1455-400')],
    [[], flow('1405-400')], [[{ op: 'replace', path: '/connectionSpec/id', value: none }], flow('1414-400')], [[{ op: 'replace', path: '/auth/specName', value: 'Basic Authentication' }], provider(1302)], [[{ op: 'replace', path: '/auth/params/clientSecret', value: 'wrong' }], provider(1308)]]) {
    await patch('2.5, 7.2', `/connections/${account.id}`, ops, want);
  }
  const sketch = await post('13.9', '/connections?mode=draft', { name: 'Draft account' }, made('connections'));
  await get('13.9', '/connections?property=state==DRAFT', { status: 200, body: { items: [{ id: sketch.id, state: 'draft', connectionSpec: undefined, auth: undefined }] } });
  for (const [member, value] of [['auth', 5], ['connectionSpec', 'x'], ['labels', {}]]) await post('15', '/connections?mode=draft', { name: 'x', [member]: value }, { status: 400, body: { report: { 'provider-code': 'CONNECTOR-1312-400' } } });
  await act('13.9', `/connections/${sketch.id}/action?op=publish`, provider(1304));
  await patch('13.9', `/connections/${sketch.id}`, [{ op: 'add', path: '/connectionSpec', value: spec }, { op: 'add', path: '/auth', value: auth }], changed);
  await act('7.6', `/connections/${sketch.id}/action?op=PUBLISH`, changed);
  await act('7.6', `/connections/${sketch.id}/action?op=publish`, flow('1409-400'));
  await act('7.6', `/connections/${sketch.id}/action?op=FINALIZE`, flow('1402-400'));
  await act('7.6', `/connections/${sketch.id}/action?op=FINALIZE_UPDATE&subOp=APPLY`, flow('1402-400'));
  await act('7.6', `/connections/${sketch.id}/action?op=enable`, provider(1398));
  await post('3.5', '/connections/search', { queryString: 'property=name==Rows CRM&property=state==enabled' }, { status: 200, body: { items: [{ id: account.id }] } });
  await post('3.5', '/connections/search', { count: true }, { status: 200, body: { count: 3 } });
  await post('3.5', '/connections/search', [], flow('1405-400'));

  // 8: source connections
  const sourceBody = { name: 'Rows contacts', baseConnectionId: account.id, params: { tableName: 'Contact' } };
  const source = await post('8.1', '/sourceConnections', sourceBody, made('sourceConnections'));
  await get('8.4', `/sourceConnections/${source.id}`, { status: 200, body: { items: [{ ...audit, name: 'Rows contacts', state: 'enabled', connectionSpec: spec, data: { format: 'tabular' }, inheritedAttributes: { baseConnection: { id: account.id, connectionSpec: spec } }, lastOperation: { operation: 'create' } }] } });
  await post('8.1', '/sourceConnections', { ...sourceBody, connectionSpec: { id: kSpecs.hubspot } }, { ...made('sourceConnections'), headers: { 'x-foz-warning': /connection-spec-mismatch/ } });
  for (const [more, want] of [[{ name: undefined }, provider(1304)], [{ baseConnectionId: undefined }, provider(1304)], [{ baseConnectionId: none }, flow('1411-400')], [{ baseConnectionId: lake.id }, provider(1312)], [{ params: {} }, provider(1304)], [{ params: undefined }, provider(1304)],
    [{ params: { tableName: 'Contact', path: 'Account' } }, provider(1312)], [{ params: { tableName: 'Contact', columns: ['Id'] } }, provider(1312)], [{ connectionSpec: { id: kLandingZone } }, provider(1332)], [{ baseConnectionId: undefined, connectionSpec: { id: none } }, flow('1413-400')],
    [{ data: { properties: { columnDelimiter: '||' } } }, provider(1331)], [{ params: { tableName: 'Contact', filters: { type: 'PQL' } } }, { status: 400, body: { report: { 'provider-code': /CONNECTOR-13/ } } }]]) {
    await post('8.1', '/sourceConnections', { ...sourceBody, ...more }, want);
  }
  await post('8.1', '/sourceConnections', { name: 'file', connectionSpec: { id: kLandingZone }, data: { format: 'avro' }, params: { path: 'x' } }, provider(1327));
  const file = await post('8.1', '/sourceConnections', { name: 'file', connectionSpec: { id: kLandingZone }, params: { path: 'x.json' } }, made('sourceConnections'));
  await get('8.1', `/sourceConnections/${file.id}`, { status: 200, body: { items: [{ data: { format: 'json' }, baseConnectionId: undefined }] } });
  await patch('8.4', `/sourceConnections/${source.id}`, [{ op: 'replace', path: '/description', value: 'patched' }], changed);
  await patch('8.4', `/sourceConnections/${source.id}`, [{ op: 'replace', path: '/connectionSpec/id', value: none }], flow('1455-400'));
  await patch('8.4', `/sourceConnections/${source.id}`, [{ op: 'replace', path: '/params/tableName', value: '' }], provider(1304));
  const sketchSource = await post('8.4', '/sourceConnections?mode=draft', { name: 'Draft source' }, made('sourceConnections'));
  for (const [member, value] of [['params', 5], ['data', []], ['connectionSpec', 'x']]) await post('15', '/sourceConnections?mode=draft', { name: 'x', [member]: value }, { status: 400, body: { report: { 'provider-code': 'CONNECTOR-1312-400' } } });
  await act('8.4', `/sourceConnections/${sketchSource.id}/action?op=PUBLISH`, provider(1304));
  await patch('8.4', `/sourceConnections/${sketchSource.id}`, [{ op: 'add', path: '/baseConnectionId', value: account.id }, { op: 'add', path: '/params', value: { path: 'Contact' } }], changed);
  await act('7.6', `/connections/${sketchSource.id}/action?op=publish`, changed);
  const another = await post('8.4', '/sourceConnections?mode=draft', { ...sourceBody, name: 'Draft source' }, made('sourceConnections'));
  await act('8.4', `/sourceConnections/${another.id}/action?op=PUBLISH`, changed);
  await send('13.8', 'DELETE', `/sourceConnections/${another.id}`, undefined, 204);
  await act('8.4', `/sourceConnections/${source.id}/action?op=publish`, flow('1409-400'));
  await get('3.1', `/sourceConnections?property=inheritedAttributes.baseConnection.id==${account.id}&property=name,state`, { status: 200, body: { items: (list) => list.length === 3 && list.every((one) => one.id && one.etag && one.state && !('params' in one)) } });

  // 9: target connections
  const targetBody = { name: 'Rows target', params: { dataSetId: dataset } };
  const target = await post('9', '/targetConnections', targetBody, made('targetConnections'));
  await get('9', `/targetConnections/${target.id}`, { status: 200, body: { items: [{ ...audit, state: 'enabled', connectionSpec: { id: kSpecs.datalake, version: '1.0' }, params: { dataSetId: dataset } }] } });
  for (const reference of [`@/dataSets/${dataset}`, `@/datasets/${dataset}`]) await post('2.1', '/targetConnections', { ...targetBody, params: { dataSetId: reference } }, made('targetConnections'));
  await post('9', '/targetConnections', { ...targetBody, baseConnectionId: 'not-known', connectionSpec: { id: kSpecs.salesforce, version: '1.0' }, data: { format: 'parquet_xdm', schema: { id: people.$id, version: 'application/vnd.adobe.xed-full+json;version=1.0' } } }, { ...made('targetConnections'), headers: { 'x-foz-warning': /base-connection-unknown/ } });
  await post('9', '/targetConnections', { name: 'x', params: {} }, provider(1325));
  await post('9', '/targetConnections', { name: 'x' }, provider(1325));
  await post('9', '/targetConnections', { name: 'x', params: { dataSetId: 'ffffffffffffffffffffffff' } }, flow('1413-400'));
  await post('9', '/targetConnections', { params: { dataSetId: dataset } }, provider(1304));
  await patch('9', `/targetConnections/${target.id}`, [{ op: 'replace', path: '/description', value: 'patched' }], changed);
  await patch('9', `/targetConnections/${target.id}`, [{ op: 'replace', path: '/params/dataSetId', value: 'ffffffffffffffffffffffff' }], flow('1413-400'));
  await patch('9', `/targetConnections/${target.id}`, [{ op: 'replace', path: '/baseConnectionId', value: none }], flow('1455-400'));
  const sketchTarget = await post('9', '/targetConnections?mode=draft', { name: 'Draft target' }, made('targetConnections'));
  await patch('9', `/targetConnections/${sketchTarget.id}`, [{ op: 'add', path: '/params', value: { dataSetId: dataset } }], changed);
  await act('9', `/targetConnections/${sketchTarget.id}/action?op=publish`, changed);
  await get('3', '/targetConnections?orderby=-createdAt&limit=2', { status: 200, body: { items: (i) => i.length === 2, _links: { next: { href: /^\/targetConnections\?continuationToken=/ } } } });

  // 10: flows
  const { body: { id: mapping } } = await t.api.post('/data/foundation/conversion/mappingSets', { outputSchema: { schemaRef: { id: people.$id } }, mappings: [['ATTRIBUTE', 'Id', '_id'], ['ATTRIBUTE', 'FirstName', 'person.name.firstName'], ['EXPRESSION', 'concat(Id, "@rows.example")', 'personalEmail.address']].map(([sourceType, source, destination]) => ({ sourceType, source, destination })) });
  const tomorrow = Math.floor(Date.now() / 1000) + 86400;
  const flowBody = {
    name: 'Rows flow', flowSpec: { id: kCrm, version: '1.0' }, sourceConnectionIds: [source.id], targetConnectionIds: [target.id],
    transformations: [{ name: 'Copy', params: { deltaColumn: { name: 'LastModifiedDate', dateFormat: 'yyyy-MM-ddTHH:mm:ssZ', timezone: 'UTC' }, mode: 'append' } }, { name: 'Mapping', params: { mappingId: mapping, mappingVersion: '0' } }],
    options: { partialIngestionPercent: '5', errorDiagnosticsEnabled: 'true' }, scheduleParams: { startTime: String(tomorrow), frequency: 'day', interval: '1' }, policy: { any: 'thing' },
  };
  const one = await post('10.1', '/flows', flowBody, made('flows'));
  await get('10.3', `/flows/${one.id}`, {
    status: 200, headers: { etag },
    body: { items: [{ ...audit, name: 'Rows flow', state: 'enabled', flowSpec: flowBody.flowSpec, version: etag, options: { partialIngestionPercent: 5, errorDiagnosticsEnabled: true }, scheduleParams: flowBody.scheduleParams, transformations: flowBody.transformations, policy: { any: 'thing' }, lastRunDetails: undefined, lastOperation: { operation: 'create' }, runs: `/runs?property=flowId==${one.id}`, providerRefId: one.id,
      inheritedAttributes: { properties: { isSourceFlow: true }, sourceConnections: [{ id: source.id, connectionSpec: spec, baseConnection: { id: account.id, connectionSpec: spec } }], targetConnections: [{ id: target.id, connectionSpec: { id: kSpecs.datalake } }] } }] },
  });
  const mappingOnly = (id, version) => [{ name: 'Mapping', params: { mappingId: id, ...(version !== undefined && { mappingVersion: version }) } }];
  const schedule = (more) => ({ scheduleParams: { ...flowBody.scheduleParams, ...more } });
  for (const [ref, more, want] of [
    ['10.1', { name: undefined }, provider(1304)], ['10.1', { state: 'enabled' }, flow('1410-400')], ['10.1', { flowSpec: undefined }, provider(1304)], ['10.1', { flowSpec: { id: none } }, flow('1413-400')], ['10.1', { sourceConnectionIds: [source.id, file.id] }, provider(1321)], ['10.1', { sourceConnectionIds: [none] }, flow('1411-400')],
    ['10.1', { targetConnectionIds: [none] }, flow('1411-400')], ['10.1', { targetConnectionIds: 'x' }, provider(1321)], ['10.1', { transformations: [{ name: 'Blend', params: {} }, ...mappingOnly(mapping)] }, provider(1312)], ['10.1', { transformations: [] }, provider(1370)], ['10.2', { transformations: mappingOnly('0'.repeat(32)) }, flow('1419-400')],
    ['10.2', { transformations: mappingOnly(mapping, 7) }, flow('1412-400')], ['10.2', { transformations: [{ name: 'Copy', params: { mode: 'replace' } }, ...mappingOnly(mapping)] }, provider(1368)], ['10.1', { transformations: [{ name: 'Copy', params: { deltaColumn: { name: 'Nope' } } }, ...mappingOnly(mapping)] }, provider(1330)],
    ['12', { transformations: [...mappingOnly(mapping), { name: 'Encryption', params: { publicKeyId: 'x' } }] }, provider(1312)], ['10.1', { scheduleParams: {} }, provider(1317)], ['10.1', { scheduleParams: undefined }, provider(1317)], ['13.1', schedule({ frequency: 'year' }), provider(1397)], ['13.1', schedule({ frequency: 'minute', interval: 5 }), provider(1362)],
    ['13.1', schedule({ frequency: 'once' }), provider(1361)], ['13.1', schedule({ startTime: 'soon' }), provider(1340)], ['10.1', { options: { partialIngestionPercent: 101 } }, provider(1312)], ['10.1', { options: { drift: 'ignore' } }, provider(1312)], ['10.1', { labels: [1] }, provider(1312)],
  ]) await post(ref, '/flows', { ...flowBody, ...more }, want);
  await post('6.2', '/flows', { ...flowBody, flowSpec: { id: kStorage } }, { ...made('flows'), headers: { 'x-foz-warning': /flow-spec-source-mismatch/ } });
  await post('4.3', '/flows', 'no json', { status: 400, body: { type: /FLOW-1405-400$/, errorMessage: /1:/ } });
  await send('4.3', 'PUT', `/flows/${one.id}`, {}, { ...flow('1405-405'), headers: { allow: /PATCH/ } });
  await patch('10.4', `/flows/${one.id}`, [{ op: 'Replace', path: '/options/partialIngestionPercent', value: '10' }, { op: 'add', path: '/description', value: 'patched' }], changed);
  await get('10.3', `/flows/${one.id}`, { status: 200, body: { items: [{ options: { partialIngestionPercent: 10 }, description: 'patched' }] } });
  for (const [ops, want] of [[[{ op: 'replace', path: '/sourceConnectionIds/0', value: none }], flow('1455-400')], [[{ op: 'replace', path: '/flowSpec', value: {} }], flow('1455-400')], [[{ op: 'replace', path: '/state', value: 'failed' }], flow('1456-400')], [[{ op: 'replace', path: '/scheduleParams/interval', value: 0 }], provider(1362)],
    [[{ op: 'replace', path: '/transformations/1', value: mappingOnly('0'.repeat(32))[0] }], flow('1419-400')]]) await patch('10.4', `/flows/${one.id}`, ops, want);
  await patch('10.4', `/flows/${one.id}`, [{ op: 'replace', path: '/transformations/1', value: mappingOnly(mapping)[0] }], changed);
  await act('10.5', `/flows/${one.id}/action?op=Disable`, changed);
  await post('4.3', '/runs', { flowId: one.id }, flow('1444-400'));
  await act('10.5', `/flows/${one.id}/action?op=disable`, changed);
  await act('10.5', `/flows/${one.id}/action?op=ENABLE`, changed);
  await act('10.5', `/flows/${one.id}/action?op=publish`, flow('1409-400'));
  await act('10.5', `/flows/${one.id}/action?op=finalize`, flow('1402-400'));
  await act('10.5', `/flows/${one.id}/action?op=pause`, provider(1398));
  await act('10.5', `/flows/${none}/action?op=enable`, flow('1439-404'));
  const sketchFlow = await post('10.1', '/flows?mode=draft', { name: 'Draft flow' }, made('flows'));
  await get('10.3', `/flows/${sketchFlow.id}`, { status: 200, body: { items: [{ state: 'draft', sourceConnectionIds: undefined, targetConnectionIds: undefined, inheritedAttributes: { properties: { isSourceFlow: true } } }] } });
  for (const [member, value] of [['transformations', 5], ['scheduleParams', 'x'], ['sourceConnectionIds', 'x'], ['options', []], ['flowSpec', 1]]) await post('15', '/flows?mode=draft', { name: 'x', [member]: value }, { status: 400, body: { report: { 'provider-code': 'CONNECTOR-1312-400' } } });
  for (const op of ['enable', 'disable']) await act('10.5', `/flows/${sketchFlow.id}/action?op=${op}`, flow('1422-400'));
  await act('10.5', `/flows/${sketchFlow.id}/action?op=publish`, { status: 400, body: { type: /FLOW-1100-400/ } });
  await patch('13.9', `/flows/${sketchFlow.id}`, ['flowSpec', 'sourceConnectionIds', 'targetConnectionIds', 'transformations', 'scheduleParams'].map((member) => ({ op: 'add', path: `/${member}`, value: flowBody[member] })), changed);
  await act('10.5', `/flows/${sketchFlow.id}/action?op=PUBLISH`, changed);

  // 3: lists
  for (const query of ['property=state==enabled&property=name==Rows%20flow', 'property=state==enabled,name==Rows+flow', 'property=name==%22Rows%20flow%22,%22Another%22&property=description==patched', `property=id==${one.id},${none}`]) await get('3.1', `/flows?${query}`, { status: 200, body: { items: (list) => list.some((x) => x.id === one.id) } });
  await get('3.1', `/flows?property=sourceConnectionIds[]==${source.id}&property=transformations[].params.mappingId==${mapping}`, items(3));
  await get('3.1', '/flows?property=inheritedAttributes.properties.isDestinationFlow==true', items(0));
  await get('3.1', '/flows?property=nothing==x', items(0));
  await get('3.1', '/flows?property=', items(3));
  for (const [query, code] of [['property=name~x', '1440'], ['property=createdAt>1,2', '1443'], ['property=id>1', '1448'], ['property=name!>x', '1450'], ['property=createdAt>soon', '1452'], ['property=createdAt==', '1453'], ['limit=0', '1451'], ['limit=x', '1451'], ['continuationToken=x', '1451'], ['orderby=*name', '1432'], ['orderby=na%20me', '1433']]) {
    await get('3, 4.3', `/flows?${query}`, flow(`${code}-400`));
  }
  await get('3.4', '/flows?count=True&limit=1', { status: 200, body: { count: 3, items: undefined } });
  await get('3.4', '/flows?count=False&limit=1000', items(3));
  const page = await get('3.3', '/flows?limit=2&orderby=name', { status: 200, body: { items: (i) => i.length === 2, _links: { next: { href: /^\/flows\?continuationToken=[A-Za-z0-9._~-]+$/ } } } });
  await get('3.3', page._links.next.href, { status: 200, body: { items: (i) => i.length === 1, _links: (l) => !l.next } });
  await get('3.3', page._links.next.href.replace('/flows', '/connections'), flow('1451-400'));
  await post('3.5', '/flows/search', { queryString: 'property=state==enabled', orderby: '-name', limit: 1, projectionFields: 'name' }, { status: 200, body: { items: (i) => i.length === 1 && Object.keys(i[0]).length === 3, _links: { next: { href: /./ } } } });

  // 11: runs
  for (const [body_, want] of [[{}, flow('1446-400')], [{ flowId: none }, flow('1430-400')], [{ flowId: one.id, params: { windowStartTime: 10, windowEndTime: 5 } }, provider(1381)], [{ flowId: one.id, params: { windowStartTime: 1, windowEndTime: 2, deltaColumn: { name: 'CreatedDate' } } }, provider(1382)],
    [{ flowId: one.id, params: { replayRejected: none } }, flow('1428-400')]]) await post('11.3', '/runs', body_, want);
  const asked = await post('11.3', '/runs/', { flowId: one.id, status: 'active' }, { status: 201, body: { id: uuid, etag, items: [{ id: uuid, etag }] }, headers: { location: new RegExp(`^${base}/runs/`) } });
  await finishedRun(t.api, asked.id, eventually);
  const got = await get('11.1', `/runs/${asked.id}`, {
    status: 200, headers: { etag },
    body: { items: [{ ...audit, flowId: one.id, flowSpec: { id: kCrm }, params: { startTime: Number.isInteger, windowStartTime: Number.isInteger, windowEndTime: Number.isInteger, deltaColumn: { name: 'LastModifiedDate' } },
      metrics: { durationSummary: { startedAtUTC: Number.isInteger, completedAtUTC: Number.isInteger }, recordSummary: { inputRecordCount: 30, outputRecordCount: 30, failedRecordCount: 0, skippedRecordCount: 0 }, fileSummary: { inputFileCount: 1 }, statusSummary: { status: 'success', errors: [] } },
      activities: [{ id: '4f008a00-3a04-11eb-adc1-0242ac120002', name: 'Copy Activity', durationSummary: { extensions: { windowStart: Number.isInteger } }, sourceInfo: [{ id: source.id, type: 'SourceConnection' }] },
        { id: '37b34f84-1ada-11eb-adc1-0242ac120002', name: 'Promotion Activity', fileSummary: { extensions: { manifest: { fileInfo: /^http.*\/data\/foundation\/export\/batches\/.*\/meta\?path=input_files$/ } } }, targetInfo: [{ id: target.id, type: 'TargetConnection', reference: { type: 'Batch', ids: [/./] } }] }] }] },
  });
  await get('10.3', `/flows/${one.id}`, { status: 200, body: { items: [{ lastRunDetails: { id: asked.id, state: 'success', startedAtUTC: Number.isInteger, completedAtUTC: Number.isInteger } }] } });
  for (const path of [`/runs?property=flowId==${one.id}&orderby=-createdAt`, `/flows/${one.id}/runs`, '/runs?property=state==success', '/runs?property=metrics.statusSummary.status==Success', '/runs?property=metrics.durationSummary.startedAtUTC>1600000000000']) await get('11.1', path, { status: 200, body: { items: [{ id: asked.id }] } });
  await get('11.1', `/runs?property=flowId==${none}`, items(0));
  await get('11.1', `/runs/${none}`, flow('1439-404', { type: 'runs' }));
  await act('11.4', `/runs/${asked.id}/action?op=re-trigger`, provider(1387));
  await act('11.4', `/runs/${asked.id}/action?op=pause`, provider(1401));
  await act('11.4', `/runs/${none}/action?op=cancel`, flow('1439-404'));
  await send('11.4', 'PUT', `/runs/${asked.id}`, {}, flow('1427-400'));
  for (const method of ['DELETE', 'PATCH']) await send('11.4', method, `/runs/${asked.id}`, undefined, { ...flow('1405-405'), headers: { allow: /GET/ } });
  const later = await post('11.3', '/runs', { flowId: one.id, params: { startTime: String(tomorrow), windowStartTime: 0, windowEndTime: tomorrow } }, { status: 201, body: { id: uuid }, headers: { 'x-foz-warning': /window-overlap/ } });
  await get('11.2', `/runs/${later.id}`, { status: 200, body: { items: [{ metrics: { statusSummary: { status: 'scheduled' } } }] } });
  await act('11.4', `/runs/${later.id}/action?op=cancel`, changed);
  await get('11.4', `/runs/${later.id}`, { status: 200, body: { items: [{ metrics: { statusSummary: { status: 'failed', errors: [{ code: 'FOZ-RUN-CANCELLED', message: /./ }] } } }] } });
  const again = await act('11.4', `/runs/${later.id}/action?op=RE_TRIGGER`, changed);
  await get('11.4', `/runs/${again.id}`, { status: 200, body: { items: [{ predecessors: [later.id] }] } });

  // 12
  await t.row('12', 'GET', `${connectors}/landingzone?type=user_drop_zone`, { want: { status: 200, body: { containerName: 'dlz-user-container', containerTTL: '7' } } });
  for (const [method, path] of [['GET', '/landingzone/credentials?type=user_drop_zone'], ['POST', '/landingzone/credentials?type=user_drop_zone&action=refresh'], ['GET', '/encryption/keys'], ['POST', '/encryption/keys'], ['GET', `/encryption/keys/${none}`], ['DELETE', `/encryption/keys/${none}`]]) {
    await t.row('12', method, connectors + path, { want: { status: 501, body: { error_code: '501' } } });
  }

  // 13.8: what is used stays, what is not goes
  await send('13.8', 'DELETE', `/connections/${account.id}`, undefined, flow('1418-400'));
  await send('13.8', 'DELETE', `/sourceConnections/${source.id}`, undefined, flow('1447-400'));
  await send('13.8', 'DELETE', `/targetConnections/${target.id}`, undefined, flow('1447-400'));
  await send('13.8', 'DELETE', `/flows/${sketchFlow.id}`, undefined, flow('1404-412'), { 'If-Match': '"00000000-0000-0200-0000-000000000000"' });
  await send('13.8', 'DELETE', `/flows/${sketchFlow.id}/`, undefined, { status: 204, body: '' });
  await get('10.5', `/flows/${sketchFlow.id}`, flow('1439-404', { type: 'flows' }));
  await send('13.8', 'DELETE', `/sourceConnections/${sketchSource.id}`, undefined, 204);
  await send('13.8', 'DELETE', `/targetConnections/${sketchTarget.id}`, undefined, 204);
  await send('13.8', 'DELETE', `/connections/${sketch.id}`, undefined, 204);
  for (const collection of ['connections', 'sourceConnections', 'targetConnections', 'flows']) await send('4.3', 'DELETE', `/${collection}/${none}`, undefined, flow('1439-404', { type: collection }));
  return { account, source, target, flow: one, run: asked, landed: got.items?.[0].activities[1].targetInfo[0].reference.ids[0], mapping };
}
