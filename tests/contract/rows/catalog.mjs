// Follows: Catalog contract.
import { eventually } from '../../lib/processes.mjs';
import { problem } from './table.mjs';

const base = '/data/foundation/catalog';
const labels = '/data/foundation/dataset/datasets';
const id = encodeURIComponent;
const error = (status, title) => ({ status, body: { type: '/placeholder/type/uri', status, title, detail: /./ } });
const bad = error(400, 'BadRequestError');
const gone = error(404, 'NotFoundError');

/// A batch of one JSON file, ingested. Gives its id.
async function ingested(api, dataset, rows, more = {}) {
  const imports = '/data/foundation/import/batches';
  const { body: batch } = await api.post(imports, { datasetId: dataset, inputFormat: { format: 'json' }, ...more });
  await api.call('PUT', `${imports}/${batch.id}/datasets/${dataset}/files/rows.json`, rows.map((row) => JSON.stringify(row)).join('\n'), { 'Content-Type': 'application/octet-stream' });
  await api.post(`${imports}/${batch.id}?action=COMPLETE`);
  await eventually(async () => ['success', 'failed'].includes((await api.get(`${base}/batches/${batch.id}`)).body[batch.id].status), `batch ${batch.id} is over`);
  return batch.id;
}

/// What the tables and the small print of the contract say beside its examples.
async function clauses(t, { people, dataset, batch, view, get, send }) {
  const ref = { id: people.$id };
  const only = (...ids) => (b) => Object.keys(b).join() === ids.join();
  const make = async (body) => (await send('3.1', 'POST', '/dataSets', { schemaRef: ref, ...body }, 201))[0].slice(11);

  // 3.1: members
  const one = await make({ name: 'Clauses 1', description: 'first', tags: { plain: 'text', 'with/slash': ['a', 'b'] }, unifiedTags: ['u'], systemLabels: ['l'], dataSourceId: 7, enableErrorDiagnostics: true, aspect: 'staging', schema: '@/xdms/model/Profile', observableSchema: { type: 'object' }, classification: { dataBehavior: 'wrong', managedBy: 'SYSTEM' },
    fileDescription: { persisted: true, containerFormat: 'parquet', format: 'parquet', delimiters: [','], quotes: '"', header: 'true' }, viewId: 'mine', basePath: 'mine', imsOrg: 'mine', created: 5, createdUser: 'mine', version: '9.9.9', extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: 'P1Y' } } } });
  await get('3.1, 3.2', `/dataSets/${one}`, { status: 200, body: { [one]: { description: 'first', tags: { plain: ['text'], 'with/slash': ['a', 'b'], 'adobe/pqs/table': ['clauses_1'], 'adobe/siphon/table/format': ['parquet'] }, unifiedTags: ['u'], systemLabels: ['l'], dataSourceId: 7, enableErrorDiagnostics: true, aspect: 'staging', schema: '@/xdms/model/Profile', classification: { dataBehavior: 'record', managedBy: 'SYSTEM' }, fileDescription: { delimiters: [','], quotes: '"', header: true }, viewId: /^[0-9a-f]{24}$/, basePath: (path) => path !== 'mine', imsOrg: /@AdobeOrg$/, created: (ms) => ms > 1e12, version: '1.0.0', persistence: { adls: { adlsType: 'local', credentials: `@/dataSets/${one}/credentials`, location: /./ } }, schemaRef: { contentType: 'application/vnd.adobe.xed+json;version=1' }, extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: 'P1Y' }, metrics: { storageSize: { value: 0, valueStatus: { message: 'UPDATED' } } } } } } } });
  const two = await make({ name: 'Clauses 1', description: 'second' });
  await get('3.2', `/dataSets/${two}`, { status: 200, body: { [two]: { tags: { 'adobe/pqs/table': ['clauses_1_1'] } } } });
  const third = await make({ name: '1 Zahl: ä' });
  await get('3.2', `/dataSets/${third}`, { status: 200, body: { [third]: { tags: { 'adobe/pqs/table': ['_1_zahl___'] } } } });
  for (const [flag, status] of [['true', 201], ['False', 201], ['maybe', 400]]) await send('3.1', 'POST', `/dataSets?requestDataSource=${flag}`, { name: 'Flag', schemaRef: ref, tags: { flags: [flag] } }, status);
  await get('3.1', '/dataSets?tags=flags:true', { status: 200, body: (b) => Number.isInteger(Object.values(b)[0]?.dataSourceId) });
  for (const contentType of ['application/vnd.adobe.xed+json; version=1', 'application/vnd.adobe.xed+json;version=1.0', 'application/vnd.adobe.xdm-full+json;version=1']) await make({ name: 'Types', schemaRef: { id: people.$id, contentType } });
  for (const [member, value] of [['description', 5], ['tags', []], ['tags', { a: [1] }], ['enableErrorDiagnostics', 'often'], ['unifiedTags', 'a'], ['fileDescription', { format: 'xls' }], ['fileDescription', { header: 'often' }], ['dataSourceId', 'x'], ['schemaRef', 'x'], ['schemaRef', { contentType: 'application/json' }], ['classification', 1], ['extensions', []]]) await send('3.1, 10', 'POST', '/dataSets', { name: 'x', schemaRef: ref, [member]: value }, bad);

  // 3.3: changes
  await send('3.3', 'PATCH', `/dataSets/${one}`, [{ op: 'add', path: '/tags/unified~1x', value: ['y'] }, { op: 'replace', path: '/newMember', value: 1 }, { op: 'remove', path: '/tags/plain' }], 200, { 'Content-Type': 'application/json-patch+json' });
  await get('3.3', `/dataSets/${one}`, { status: 200, headers: { etag: '"1.0.1"' }, body: { [one]: { tags: { 'unified/x': ['y'], plain: undefined }, newMember: 1 } } });
  await send('3.3', 'PATCH', `/v2/dataSets/${one}`, [{ op: 'replace', path: '/name', value: 'x' }], bad);
  await send('3.3', 'PATCH', `/dataSets/${one}`, { tags: { 'with/slash': ['c'] }, description: null }, 200, { 'If-Match': '"1.0.1"' });
  await get('3.3', `/dataSets/${one}`, { status: 200, body: { [one]: { description: '', tags: { 'with/slash': ['c'], 'unified/x': ['y'] }, version: '1.0.2' } } });
  await send('3.3', 'PUT', `/dataSets/${one}`, { name: 'Clauses 1', schemaRef: ref, created: 5, version: '7' }, { status: 200, headers: { etag: '"1.0.3"' } });
  await get('3.3', `/dataSets/${one}`, { status: 200, body: { [one]: { unifiedTags: undefined, tags: { 'with/slash': undefined, 'adobe/pqs/table': ['clauses_1'] }, created: (ms) => ms > 1e12 } } });
  await send('3.3', 'PUT', `/dataSets/${one}`, { name: 'Only checked', schemaRef: ref }, 200, { Pragma: 'validate-only' });
  await send('3.3', 'PATCH', `/dataSets/${one}`, { name: 5 }, bad, { Pragma: 'validate-only' });
  await get('3.3', `/dataSets/${one}`, { status: 200, body: { [one]: { name: 'Clauses 1', version: '1.0.3' } } });

  // 4: batches
  const loose = (await send('4.3', 'POST', '/batches', {}, 201))[0].slice(10);
  await get('4.3', `/batches/${loose}?aggregate=true`, { status: 200, body: { [loose]: { relatedObjects: [], errors: [], status: 'loading', sandboxId: /./, created: Number.isInteger } } });
  const plain = (await send('4.3', 'POST', '/batches', { relatedObjects: [{ type: 'dataSet', id: `@/dataSets/${one}` }], inputFormat: { format: 'csv' }, tags: { acp_enableErrorDiagnostics: ['true'], acp_partialIngestionPercent: ['5'], mine: 'x' } }, 201))[0].slice(10);
  await get('4.1', `/batches/${plain}`, { status: 200, body: { [plain]: { relatedObjects: [{ type: 'dataSet', id: one }], inputFormat: { format: 'csv' }, tags: { acp_enableErrorDiagnostics: true, acp_partialIngestionPercent: 5, mine: ['x'] } } } });
  await send('4.3', 'PATCH', `/batches/${plain}`, [{ op: 'add', path: '/metrics/recordsSize', value: 5 }, { op: 'replace', path: '/status', value: 'failure' }], 200);
  for (const word of ['failed', 'failure']) await get('4.2', `/batches?status=${word}&dataSet=${one}`, { status: 200, body: only(plain) });
  await get('4.2', `/batches?property=status==failure&dataSet=${one}`, { status: 200, body: only(plain) });
  for (const word of ['loading', 'loaded', 'queued', 'staging', 'staged', 'processing', 'retrying', 'stalled', 'success', 'active', 'aborted', 'abandoned', 'inactive', 'deleted', 'archived', 'retained']) await get('4.2', `/batches?status=${word}&dataSet=${one}`, { status: 200, body: {} });
  await send('4.3', 'POST', '/batches', { datasetId: 'ffffffffffffffffffffffff' }, { status: 404, body: { title: 'NotFoundError' } });
  for (const [member, value] of [['status', 'nonsense'], ['inputFormat', 'csv'], ['metrics', []], ['errors', {}], ['externalId', 5]]) await send('4.3', 'POST', '/batches', { datasetId: one, [member]: value }, bad);

  // 5: parameters
  for (const path of ['/dataSets', '/batches', '/dataSetFiles', '/dataSetViews', '/lastBatches', '/', `/dataSets/${dataset}/views/${view}/files`]) {
    for (const [query, name] of [['limit=0', 'limit'], ['limit=101', 'limit'], ['offset=-1', 'offset'], ['sort=up:created', 'orderBy'], ['createdAfter=soon', 'createdAfter']]) {
      await get('5', `${path}?${query}`, { status: 400, body: { title: 'BadRequestError', detail: new RegExp(name) } });
    }
  }
  const named = `name=Clauses%201`;
  await get('5', `/dataSets?${named}`, { status: 200, body: only(two, one) });
  await get('5', `/dataSets?${named}&orderBy=created`, { status: 200, body: only(one, two) });
  await get('5', `/dataSets?${named}&sort=asc:name,desc:created&limit=1&offset=1`, { status: 200, body: only(one) });
  await get('5', `/dataSets?${named}&properties=name,schemaRef.id,nothing`, { status: 200, body: { [one]: (o) => JSON.stringify(o) === JSON.stringify({ name: 'Clauses 1', schemaRef: { id: people.$id } }) } });
  await get('5', `/dataSets?${named}&properties=nothing`, { status: 200, body: { [one]: (o) => JSON.stringify(o) === '{}' } });
  await get('5', `/dataSets?${named}&properties=*`, { status: 200, body: { [one]: { viewId: /./ } } });
  await get('5', `/batches/${batch}?properties=relatedObjects.id`, { status: 200, body: { [batch]: { relatedObjects: [{ id: dataset, type: undefined }] } } });
  for (const [query, ids] of [['property=description==second', [two]], ['property=description!=second', [one]], ['property=version>1.0.2', [one]], ['property=version<=1.0.2', [two]], ['property=version>=1.0.3', [one]], ['property=description~^sec', [two]], ['property=extensions.adobe_lakeHouse.metrics.rowCount.value<1&property=description==second', [two]],
    ['description=second,third', [two]], ['description=!second', [one]], ['description=s*d', [two]], ['description=**', []], ['property=lastBatchId', [one]], ['property=!lastBatchId', [two]], ['created=>=1', [two, one]], ['created=<1', []], ['createdBefore=9999999999999', [two, one]], ['state=DRAFT', [two, one]], ['tags=adobe/pqs/table:clauses_1_1', [two]], ['tags=adobe/pqs/table:*,adobe/pqs/table:clauses_1', [one]], ['tags=nothing', []], [`dataSetId=${two}`, [two]], ['anything=else', [two, one]]]) {
    await get('5', `/dataSets?${named}&${query}`, { status: 200, body: only(...ids) });
  }
  const exact = (await t.api.get(`${base}/dataSets/${one}`)).body[one].created;
  await get('5', `/dataSets?${named}&created=${exact}`, { status: 200, body: (b) => one in b });
  await get('5', `/dataSets?${named}&createdAfter=${exact}`, { status: 200, body: (b) => !(one in b) });
  for (const [query, some] of [[`dataSetId=${dataset}`, true], [`dataSetViewId=${view}`, true], [`batchId=${batch}`, true], [`batch=${batch}&dataSetId=${one}`, false]]) await get('5', `/dataSetFiles?${query}`, { status: 200, body: (b) => `${batch}-1` in b === some });
  for (const [query, some] of [[`lastBatchId=${batch}`, true], ['lastBatchStatus=success,failed', true], [`lastSuccessfulBatchId=${batch}`, true], ['lastFailedBatchId=none', false], [`dataSetId=${one}`, false]]) await get('5', `/lastBatches?${query}`, { status: 200, body: (b) => typeof b === 'object' && (some || !(dataset in b)) });
  await get('5', `/batches/uniques/inputFormat.format?dataSet=${one}`, { status: 200, body: ['csv'] });

  // 6, 7, 8, 9
  await get('6.1', `/dataSets/${one}/views/${view}`, gone);
  await get('6.1', '/dataSetView/ffffffffffffffffffffffff', gone);
  await get('6.3', '/dataSets/ffffffffffffffffffffffff/credentials', gone);
  await get('7', '/tags/mine', { status: 200, body: { batches: (v) => v.includes('x') } });
  await get('8', `/?limit=1&properties=status&property=created`, { status: 200, body: { dataSets: (d) => Object.keys(d).length === 1, batches: (b) => Object.values(b).every((x) => Object.keys(x).join() === 'status') } });
  await send('8', 'POST', '/', [{ id: 'a', resource: '/dataSets', method: 'post', body: { name: 'By name', schemaRef: ref } }, { id: 'b', resource: '/dataSets/<<a.id>>', method: 'patch', headers: { 'If-Match': '"<<a.version>>"' }, body: { description: 'was <<a.name>>' } }], { status: 201, body: [{ code: 201 }, { code: 200 }] });
  await get('8', '/dataSets?name=By%20name', { status: 200, body: (b) => Object.values(b)[0]?.description === 'was By name' });
  for (const body of [{}, [], [{ id: 'a' }], [{ id: 'a', resource: '/dataSets', method: 'get' }], [{ id: 'a', resource: '/dataSets', method: 'post', body: { name: '<<b.id>>' } }]]) await send('8', 'POST', '/', body, { status: 400 });
  const at = `${labels}/${one}/labels`;
  await t.row('9', 'POST', `${labels}/ffffffffffffffffffffffff/labels`, { body: { labels: ['C1'] }, want: 404 });
  await t.row('9', 'POST', at, { body: { labels: ['C1'] }, want: 201 });
  await t.row('9', 'PUT', at, { body: { labels: [] }, want: 400 });
  await t.row('9', 'DELETE', at, { want: 400 });
  await t.row('9', 'DELETE', at, { headers: { 'If-Match': '"no"' }, want: { status: 412, body: { code: 'PES-412' } } });

  // 3.4: what goes with a data set
  const viewOfOne = (await t.api.get(`${base}/dataSets/${one}`)).body[one].viewId;
  await send('3.4', 'DELETE', `/dataSets/${one}`, undefined, error(412, 'PreconditionFailedError'), { 'If-Match': '"0.0.0"' });
  await send('3.4', 'DELETE', `/dataSets/${one}/`, undefined, { status: 200, body: [`@/dataSets/${one}`] });
  await get('3.4', `/dataSets/${one}`, gone);
  await get('3.4', `/dataSetViews/${viewOfOne}`, gone);
  await get('3.4', `/batches/${plain}`, { status: 200, body: { [plain]: { status: 'deleted' } } });
  await t.row('3.4', 'GET', at, { want: 404 });
  for (const extra of [two, third]) await send('3.4', 'DELETE', `/dataSets/${extra}`, undefined, 200);

  // 4.3: inactive is REVERT, DELETE is that and deleted
  const reverted = await ingested(t.api, dataset, [{ _id: '9', personalEmail: { address: 'z@x.org' } }]);
  await send('4.3', 'PATCH', `/batches/${reverted}`, { status: 'inactive' }, 200);
  await get('6.2', `/dataSetFiles?batch=${reverted}`, { status: 200, body: only() });
  await send('4.3', 'DELETE', `/batches/${reverted}`, undefined, { status: 200, body: [`@/batches/${reverted}`] });
  await get('4.2', `/batches/${reverted}`, { status: 200, body: { [reverted]: { status: 'deleted' } } });
}

export async function catalogRows(t, { people, adhocSchema }) {
  const get = (ref, path, want, headers) => t.row(ref, 'GET', base + path, { headers, want });
  const send = (ref, method, path, body, want, headers) => t.row(ref, method, base + path, { body, headers, want });
  const ref = { id: people.$id, contentType: 'application/vnd.adobe.xed-full-notext+json; version=1' };

  // 3.1
  await get('2', '/dataSets', { status: 200, body: (b) => JSON.stringify(b) === '{}' });
  const made = await send('3.1, 11', 'POST', '/dataSets?requestDataSource=true', { name: 'Target Dataset for CRM data', schemaRef: ref }, { status: 201, body: (b) => b.length === 1 && /^@\/dataSets\/[0-9a-f]{24}$/.test(b[0]), headers: { etag: '"1.0.0"' } });
  const dataset = made[0].slice(11);
  for (const path of ['/dataSets/', '/datasets', '/dataSet', '/dataSets?requestDataSource=True']) await send('1', 'POST', path, { name: 'Another', schemaRef: ref }, 201);
  const adhoc = (await send('3.1', 'POST', '/dataSets', { schemaRef: { id: adhocSchema.$id } }, 201))[0].slice(11);
  await get('3.1', `/dataSets/${adhoc}`, { status: 200, body: { [adhoc]: { name: /^CRM source - \d+$/, classification: { dataBehavior: 'adhoc' }, schemaRef: { contentType: 'application/vnd.adobe.xed+json;version=1' } } } });
  const schemaless = (await send('3.1', 'POST', '/dataSets', { name: 'No schema' }, 201))[0].slice(11);
  await send('3.1', 'POST', '/dataSets', { name: 'Union', schemaRef: { id: 'https://ns.adobe.com/xdm/context/profile__union' } }, 201);
  await send('3.1', 'POST', '/dataSets', { name: 'Unknown', schemaRef: { id: 'https://ns.adobe.com/foz/schemas/0000' } }, { status: 400, body: { detail: /^Schema https:\/\/ns.adobe.com\/foz\/schemas\/0000 not found/ } });
  await send('3.1', 'POST', '/dataSets', { name: 'Wrong', schemaRef: { id: people.$id, contentType: 'text/plain' } }, bad);
  await send('3.1', 'POST', '/dataSets', { name: 5 }, bad);
  await send('3.1', 'POST', '/dataSets', { name: 'Wrapped', tags: { one: 'value' }, schemaRef: { id: people.$id.replace('/foz/', '/another/') } }, 201);
  await send('3.2', 'POST', '/dataSets', { name: 'Profile', schemaRef: { id: adhocSchema.$id }, tags: { unifiedProfile: ['enabled:true'] } }, { status: 400, body: { detail: /To enable profile datasets the schema should be valid/ } });

  // 3.2
  await get('3.2', `/dataSets/${dataset}`, {
    status: 200, headers: { etag: '"1.0.0"' },
    body: {
      [dataset]: {
        name: 'Target Dataset for CRM data', imsOrg: t.api.credentials.orgId, sandboxId: /./, version: '1.0.0', created: Number.isInteger, updated: Number.isInteger, createdClient: t.api.credentials.clientId,
        schemaRef: ref, viewId: /^[0-9a-f]{24}$/, aspect: 'production', status: 'enabled', state: 'DRAFT', fileDescription: { persisted: true, containerFormat: 'parquet', format: 'parquet' },
        files: new RegExp(`^@/dataSets/${dataset}/views/[0-9a-f]{24}/files$`), tags: { 'adobe/pqs/table': ['target_dataset_for_crm_data'] }, dule: {}, statsCache: {}, enableErrorDiagnostics: false,
        observableSchema: {}, classification: { dataBehavior: 'record', managedBy: 'CUSTOMER' }, extensions: { adobe_lakeHouse: { metrics: { rowCount: { value: 0 } } } }, lastBatchId: undefined,
      },
    },
  });
  await get('2', `/dataSets/${dataset},${adhoc}`, { status: 200, body: (b) => Object.keys(b).length === 2 });
  await get('2', `/dataSets/${dataset},ffffffffffffffffffffffff`, { status: 200, body: (b) => Object.keys(b).length === 1 });
  await get('2', '/dataSets/ffffffffffffffffffffffff', gone);

  // 3.3
  await send('3.3', 'PATCH', `/dataSets/${dataset}`, { description: 'merged' }, { status: 200, body: [`@/dataSets/${dataset}`], headers: { etag: '"1.0.1"' } });
  await send('3.3', 'PATCH', `/dataSets/${dataset}`, [{ op: 'add', path: '/tags/unifiedProfile', value: ['enabled:true'] }, { op: 'replace', path: '/unifiedTags', value: ['a'] }], 200);
  await send('3.3', 'PATCH', `/v2/dataSets/${dataset}`, { extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: 'P3Y' } } } }, 200);
  await send('3.3', 'PATCH', `/v2/dataSets/${dataset}`, { extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: 'soon' } } } }, bad);
  await get('3.3', `/dataSets/${dataset}`, { status: 200, body: { [dataset]: { description: 'merged', unifiedTags: ['a'], version: '1.0.3', extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: 'P3Y' }, metrics: {} } } } } });
  await send('3.3', 'PATCH', `/dataSets/${dataset}`, { description: null }, 200);
  await send('3.3', 'PUT', `/dataSets/${dataset}`, { name: 'People', schemaRef: ref, imsOrg: 'mine' }, { status: 200, body: [`@/dataSets/${dataset}`] });
  await send('3.3', 'PATCH', `/dataSets/${dataset}`, { description: 'x' }, error(412, 'PreconditionFailedError'), { 'If-Match': '"1.0.0"' });
  await send('3.3', 'PATCH', `/dataSets/${dataset}`, { description: 'x' }, 200, { 'If-Match': '1.0.5' });
  await send('3.3', 'PUT', `/dataSets/${dataset}`, { name: 'x', schemaRef: ref }, error(412, 'PreconditionFailedError'), { 'If-None-Match': '*' });
  await send('3.3', 'POST', '/dataSets', { name: 'Only checked', schemaRef: ref }, 201, { Pragma: 'validate-only' });
  await get('3.3', '/dataSets?name=Only%20checked', { status: 200, body: (b) => JSON.stringify(b) === '{}' });
  await send('10', 'PATCH', '/dataSets/ffffffffffffffffffffffff', {}, gone);
  await send('10', 'PUT', '/dataSets/ffffffffffffffffffffffff', { name: 'x' }, gone);

  // 4: batches
  const batch = await ingested(t.api, dataset, [
    { _id: '1', person: { name: { firstName: 'Ana' } }, personalEmail: { address: 'ana@x.org' } }, { _id: '2', personalEmail: { address: 'b@x.org' } }, { _id: '3', personalEmail: { address: 'c@x.org' } }]);
  await get('4.1', `/batches/${batch}`, {
    status: 200,
    body: {
      [batch]: {
        id: /^[0-9A-HJKMNP-TV-Z]{26}$/, imsOrg: /./, sandboxId: /./, created: Number.isInteger, started: Number.isInteger, completed: Number.isInteger, version: /^1\.0\.\d+$/, externalId: batch, status: 'success', recordCount: 3,
        failedRecordCount: 0, errors: [], inputFormat: { format: 'json', isMultiLineJson: false }, relatedObjects: [{ type: 'dataSet', id: dataset }],
        metrics: { inputByteSize: Number.isInteger, inputFileCount: 1, inputRecordCount: 3, outputByteSize: Number.isInteger, outputRecordCount: 3, outputFileCount: 1, partitionCount: 1, failedRecordCount: 0, startTime: Number.isInteger, endTime: Number.isInteger, recordsRead: 3, recordsWritten: 3 },
      },
    },
  });
  await get('3.2', `/dataSets/${dataset}`, { status: 200, body: { [dataset]: { lastBatchId: batch, lastBatchStatus: 'success', lastSuccessfulBatch: batch, statsCache: { recordCount: 3 }, observableSchema: { properties: { person: {}, personalEmail: {} } }, extensions: { adobe_lakeHouse: { metrics: { rowCount: { value: 3 } } } } } } });
  await send('3.3', 'PUT', `/dataSets/${dataset}`, { name: 'People', schemaRef: { id: adhocSchema.$id } }, bad);
  const direct = (await send('4.3', 'POST', '/batches', { datasetId: dataset }, 201))[0].slice(10);
  await get('4.3', `/batch/${direct}`, { status: 200, body: { [direct]: { status: 'loading', inputFormat: { format: 'parquet' } } } });
  await send('4.3', 'POST', '/batches/MY-OWN-ID', { datasetId: dataset, status: 'loading' }, { status: 201, body: ['@/batches/MY-OWN-ID'] });
  await send('10', 'POST', '/batches/MY-OWN-ID', { datasetId: dataset }, error(409, 'ConflictError'));
  await send('4.3', 'PATCH', '/batches/MY-OWN-ID', { tags: { mine: ['x'] }, externalId: 'e1' }, 200);
  await send('4.3', 'PUT', '/batches/MY-OWN-ID', { tags: { mine: ['x'] }, externalId: 'e1' }, { status: 200, body: ['@/batches/MY-OWN-ID'] });
  await send('4.3', 'PATCH', '/batches/MY-OWN-ID', { status: 'nonsense' }, bad);
  await get('4.3', '/batches?externalId=e1', { status: 200, body: (b) => Object.keys(b).join() === 'MY-OWN-ID' });
  await send('4.3', 'DELETE', '/batches/MY-OWN-ID', undefined, { status: 200, body: ['@/batches/MY-OWN-ID'] });
  await get('10', '/batches/01AAAAAAAAAAAAAAAAAAAAAAAA', gone);

  // 5: listing
  for (const query of ['limit=0', 'limit=101', 'limit=abc', 'start=-1', 'start=x', 'orderBy=up:created']) {
    await get('5, 10', `/dataSets?${query}`, { status: 400, body: { title: 'BadRequestError', detail: new RegExp(query.split('=')[0]) } });
    await get('5, 10', `/batches?${query}`, { status: 400, body: { detail: new RegExp(query.split('=')[0]) } });
  }
  const keys = (n) => (b) => Object.keys(b).length === n;
  await get('5', '/dataSets?limit=2', { status: 200, body: keys(2) });
  await get('5', '/dataSets?limit=2&start=1&orderBy=asc:created', { status: 200, body: keys(2) });
  await get('5', '/dataSets?orderBy=desc:name&properties=name', { status: 200, body: (b) => Object.values(b).every((one) => Object.keys(one).join() === 'name') });
  for (const [query, n] of [['name=People', 1], ['property=name==People', 1], ['property=name~^Peo', 1], ['property=description', 9], ['property=created', 9], ['property=!created', 0], ['property=!nothing', 9], ['name=P*', 1], ['property=version>1.0.2', 1], ['tags=adobe/pqs/table:people', 0],
    ['tags=one:*', 1], [`schemaRef.id=${id(adhocSchema.$id)}`, 1], ['createdAfter=1', 9], ['createdBefore=1', 0], ['unknown=1', 9]]) {
    await get('5', `/dataSets?${query}`, { status: 200, body: keys(n) });
  }
  for (const [query, some] of [[`dataSet=${dataset}`, true], ['status=active', true], ['property=created', true], ['property=!updated', false], ['property=created,status', false], ['status=failure', false], ['createdAfter=1', true], ['startAfter=1', true], ['endBefore=1', false], ['recordCount=3', true], ['created=>1', true], ['property=metrics.recordsRead==3', true]]) {
    await get('5', `/batches?${query}`, { status: 200, body: (b) => Object.keys(b).includes(batch) === some });
  }
  await get('5', '/batches/uniques/status', { status: 200, body: (b) => Array.isArray(b) && b.includes('success') });
  await get('5', `/lastBatches?dataSetId=${dataset}`, { status: 200, body: { [dataset]: { lastBatchId: /./, lastSuccessfulBatchId: batch, imsOrg: /./, sandboxId: /./ } } });

  // 6
  const view = (await t.api.get(`${base}/dataSets/${dataset}`)).body[dataset].viewId;
  for (const path of [`/dataSets/${dataset}/views`, `/dataSets/${dataset}/views/${view}`, `/dataSetViews/${view}`, `/dataSetView/${view}`]) {
    await get('6.1', path, { status: 200, body: { [view]: { version: '1.0.0', dataSetId: dataset, status: 'enabled', isLookup: false, files: `@/dataSets/${dataset}/views/${view}/files`, transforms: `@/dataSets/${dataset}/views/${view}/transforms` } } });
  }
  await get('6.1', '/dataSetViews', { status: 200, body: { [view]: {} } });
  for (const path of [`/dataSets/${dataset}/views/${view}/files`, `/dataSetFiles?dataSetId=${dataset}`, `/dataSetFiles?batch=${batch}`, `/dataSetFiles/${batch}-1`, '/dataSetFiles']) {
    await get('6.2', path, { status: 200, body: { [`${batch}-1`]: { id: `${batch}-1`, batchId: batch, dataSetViewId: view, isValid: true, records: 3, size: (n) => n > 0 } } });
  }
  await get('6.2', `/dataSetFiles/${batch}-2`, gone);
  await get('6.3', `/dataSets/${dataset}/credentials?batchId=${batch}`, { status: 200, body: { dataSetId: dataset, path: /./, credentials: { name: 'foz', clientKey: '' } } });

  // 7, 8, 1
  await get('7', `/tags/${id('adobe/pqs/table')}`, { status: 200, body: { dataSets: (v) => v.includes('target_dataset_for_crm_data') } });
  await get('7', '/tags/nothing', gone);
  await get('8', '/', { status: 200, body: { dataSets: {}, batches: {} } });
  await send('8', 'POST', '/', [{ id: 'first', resource: '/dataSets', method: 'post', body: { name: 'By root', schemaRef: ref } }, { id: 'second', resource: '/batches', method: 'post', body: { datasetId: '<<first.id>>' } }],
    { status: 201, body: [{ id: 'first', code: 201, body: [/^@\/dataSets/] }, { id: 'second', code: 201, body: [/^@\/batches/] }] });
  await send('8', 'POST', '/', [{ id: 'first', resource: '/dataSets', method: 'post', body: { name: 'Rolled back', schemaRef: ref } }, { id: 'second', resource: '/batches', method: 'post', body: { datasetId: 'ffff' } }], { status: 404, body: (b) => b.at(-1).id === 'second' && b.at(-1).code === 404 });
  await get('8', '/dataSets?name=Rolled%20back', { status: 200, body: (b) => JSON.stringify(b) === '{}' });
  for (const path of ['/accounts', '/connectors', '/connections', '/connections/1', '/dataSources', '/transforms']) await get('1', path, { status: 200, body: (b) => JSON.stringify(b) === '{}' });
  await get('10', '/nothing', gone);
  await send('10', 'DELETE', '/lastBatches', undefined, error(405, 'MethodNotAllowedError'));
  await send('10', 'POST', '/dataSets', 'no json', { status: 400, body: { detail: 'A valid content-type must be specified' } }, { 'Content-Type': 'text/plain' });
  await send('10', 'POST', '/dataSets', '{"name": }', bad, { 'Content-Type': 'application/json' });

  // 9: labels
  const payload = { labels: ['C1'], optionalLabels: [{ option: { id: people.$id, contentType: 'application/vnd.adobe.xed-full+json;version=1', schemaPath: '/properties/repositoryCreatedBy' }, labels: ['C1', 'C2'] }] };
  const at = `${labels}/${dataset}/labels`;
  const pes = (status, word) => ({ status, body: { code: `PES-${status}`, status: word, message: /./, timestamp: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/, path: `/entities/AEP:dataset:${dataset}` } });
  await t.row('9', 'GET', at, { want: pes(404, 'NOT_FOUND') });
  await t.row('9', 'POST', at, { body: payload, want: { status: 201, body: payload, headers: { etag: /./ } } });
  await t.row('9', 'GET', at, { want: { status: 200, body: payload, headers: { etag: /./ } } });
  await t.row('9', 'POST', at, { body: payload, want: pes(403, 'FORBIDDEN') });
  const { headers } = await t.api.get(at);
  await t.row('9', 'PUT', at, { body: payload, headers: { 'If-Match': '"no"' }, want: pes(412, 'PRECONDITION_FAILED') });
  await t.row('9', 'PUT', at, { body: { labels: ['C2'] }, headers: { 'If-Match': headers.get('etag') }, want: { status: 200, body: { labels: ['C2'] } } });
  await t.row('9', 'PUT', at, { body: { labels: 'C2' }, headers: { 'If-Match': (await t.api.get(at)).headers.get('etag') }, want: 400 });
  await t.row('9', 'DELETE', at, { headers: { 'If-Match': (await t.api.get(at)).headers.get('etag') }, want: 200 });
  await t.row('9', 'GET', at, { want: 404 });

  await clauses(t, { people, dataset, batch, view, get, send });

  // 3.4
  await send('3.4', 'DELETE', `/dataSets/${schemaless}`, undefined, { status: 200, body: [`@/dataSets/${schemaless}`] });
  await send('3.4', 'DELETE', `/dataSets/${schemaless}`, undefined, { status: 200, body: [] });
  return { dataset, adhoc, batch, problem };
}
