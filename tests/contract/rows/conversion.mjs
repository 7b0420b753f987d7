// Follows: Data Prep contract.
import { problem } from './table.mjs';

const base = '/data/foundation/conversion';
const hex = /^[0-9a-f]{32}$/;
const conv = (code) => problem(Number(code.split('-')[1]), `/CONV-${code}`);
const head = { id: hex, version: 0, createdDate: Number.isInteger, modifiedDate: Number.isInteger, createdBy: /./, modifiedBy: /./ };
const keys = (...names) => (one) => JSON.stringify(Object.keys(one)) === JSON.stringify(names);

/// `people`: a schema, `dataset` one of it, `batch` in it; `flow`, `run`, `mapping`: a flow that runs by that set, and its run.
export async function conversionRows(t, { people, dataset, batch, T, flow, run, mapping: used }) {
  const get = (ref, path, want, headers) => t.row(ref, 'GET', base + path, { headers, want });
  const send = (ref, method, path, body, want, headers) => t.row(ref, method, base + path, { body, headers, want });
  const post = (ref, path, body, want) => send(ref, 'POST', path, body, want);
  const attribute = (source, destination, more = {}) => ({ sourceType: 'ATTRIBUTE', source, destination, ...more });
  const older = (sourceAttribute, destinationXdmPath) => ({ destinationXdmPath, sourceAttribute, identity: false, identityGroup: null, namespaceCode: null, version: 0 });
  const email = { sourceType: 'STATIC', source: 'a@x.org', destination: 'personalEmail.address' };  // the schema requires it
  const landed = { personalEmail: { address: 'a@x.org' } };
  const target = { schemaRef: { id: people.$id, contentType: 'application/vnd.adobe.xed-full+json;version=1' } };
  const set = (...mappings) => ({ outputSchema: target, mappings });

  // 2.2: the bodies of both tutorials, and the newer one
  const six = { status: 200, body: keys('id', 'version', 'createdDate', 'modifiedDate', 'createdBy', 'modifiedBy') };
  const crm = await post('2.2', '/mappingSets', { version: 0, xdmSchema: `https://ns.adobe.com/${T}/schemas/417a33eg81a221bd10495920574gfa2d`, xdmVersion: '1.0', id: null, mappings: [older('first_name', 'person.name.firstName'), older('last_name', 'person.name.lastName'), older('email', 'personalEmail.address')] }, six);
  await post('2.2', '/mappingSets', { version: 0, xdmSchema: 'https://ns.adobe.com/adobe_mcdp_connectors_stg/schemas/63f2c82fcdcb606c536a62d7716e34acbf63cd4582a1c16b', xdmVersion: '1.0', id: null, mappings: [older('Properties_Firstname_Value', 'person.name.firstName'), older('Properties_Lastname_Value', 'person.name.lastName'), older('Added_At', 'repositoryCreatedBy'), older('Portal_Id', '_id')] }, six);
  const newer = await post('2.2', '/mappingSets', { ...set(attribute('Id', '_id', { name: 'id', description: 'key' }), { sourceType: 'expression', source: 'concat(first, " ", last)', destination: 'person.name.fullName' }, { sourceType: 'STATIC', source: 'pt', destination: 'person.name.lastName' }), name: 'Rows set', tags: [{ name: 'team', values: ['a'] }], inputSchema: { id: null, version: null, sampleId: null } }, { status: 200, body: head });
  await post('2.2', '/mappingSets', set(), { status: 200, body: { version: 0 } });
  await post('2.2', '/mappingSets?validate=True', set(attribute('Id', '_id')), 200);
  for (const [ref, body, want] of [
    ['2.2.1', [], conv('1004-400')], ['2.2.1', { mappings: [] }, conv('1004-400')], ['2.2.1', { outputSchema: target }, conv('1004-400')], ['2.2.1', { outputSchema: target, mappings: {} }, conv('1004-400')], ['2.2.2', set(attribute('Id', '')), conv('1004-400')], ['2.2.2', set(attribute('', '_id')), conv('1004-400')],
    ['2.2.2', set({ sourceType: 'STATIC', destination: '_id' }), { status: 200 }], ['2.4', set(attribute('Id', '_id', { sourceType: 'SOMETHING' })), conv('1004-400')], ['2.2.3', set({ sourceType: 'EXPRESSION', source: 'concat(', destination: '_id' }), conv('1005-400')], ['2.2.3', set({ sourceType: 'EXPRESSION', source: 'nothing(a)', destination: '_id' }), conv('1006-400')],
    ['2.2.3', set({ sourceType: 'EXPRESSION', source: 'upper()', destination: '_id' }), conv('1006-400')], ['2.2.4', set(attribute('Id', 'person.nothing')), { status: 200 }], ['2.2.4', { ...set(attribute('Id', 'person.nothing')), strictMapping: true }, conv('1007-400')], ['2.2.5', set(attribute('Id', '_id'), attribute('Key', '_id')), { status: 200 }], ['2.1', { ...set(), status: 'OTHER' }, conv('1004-400')],
    ['1', 'no json', { status: 400 }], ['1', '{"mappings": }', conv('1003-400')],
  ]) await post(ref, '/mappingSets', body, want);
  await post('2.2.4', '/mappingSets?validate=true', set(attribute('Id', 'person.nothing')), conv('1007-400'));
  await post('2.2', '/mappingSets?validate=perhaps', set(), conv('1009-400'));

  // 2.3
  const mapped = (source, destination, sourceType = 'text/x.schema-path', more = {}) => ({ ...head, sourceType, source, destination, sourceAttribute: source, destinationXdmPath: destination, identity: false, primaryIdentity: false, matchScore: 0, functionVersion: 1, identityGroup: undefined, ...more });
  await get('2.3', `/mappingSets/${crm.id}`, { status: 200, body: { ...head, supportVersion: '1.1', inputSchemaRef: { id: null, contentType: null }, xdmVersion: '1.0', strictMapping: false, allowNullValues: false, status: 'PUBLISHED', schemaRef: { contentType: '1.0' }, mappings: [mapped('first_name', 'person.name.firstName'), mapped('last_name', 'person.name.lastName'), mapped('email', 'personalEmail.address')] } });
  await get('2.3', `/mappingSets/${newer.id}`, {
    status: 200, body: { ...head, name: 'Rows set', tags: [{ name: 'team', values: ['a'] }], inputSchema: { id: null, sampleId: null }, outputSchema: target, outputSchemaRef: target.schemaRef, schemaRef: target.schemaRef, xdmSchema: people.$id,
      mappings: [mapped('Id', '_id', 'text/x.schema-path', { name: 'id', description: 'key' }), mapped('concat(first, " ", last)', 'person.name.fullName', 'text/x.aep-xl', { expressionAttributes: ['first', 'last'] }), mapped('pt', 'person.name.lastName', 'text/plain')] },
  });
  await get('1', `/mappingSets/${newer.id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`, { status: 200, body: { id: newer.id } });
  await get('2.3', `/mappingSets/${newer.id}?expandSchema=True`, { status: 200, body: { outputSchema: { jsonSchema: { properties: { person: {} } } } } });
  const replaced = await send('2.3', 'PUT', `/mappingSets/${newer.id}`, { ...set(attribute('Id', '_id')), version: 7 }, { status: 200, body: { id: newer.id, version: 1, name: undefined, mappings: [{ id: hex, source: 'Id' }] } });
  await get('2.3', `/mappingSets/${newer.id}?version=0`, { status: 200, body: { version: 0, name: 'Rows set' } });
  await get('2.3', `/mappingSets/${newer.id}?version=9`, conv('1001-404'));
  await get('2.3', `/mappingSets/${newer.id}?version=x`, conv('1009-400'));
  await get('2.3', `/mappingSets/${'0'.repeat(32)}`, conv('1000-404'));
  await send('2.3', 'PUT', `/mappingSets/${'0'.repeat(32)}`, set(), conv('1000-404'));
  for (const [query, n] of [['', (n) => n >= 6], ['?limit=1', (n) => n === 1], ['?name=Rows%20set', (n) => n === 0], ['?property=status==PUBLISHED&property=&limit=1000', (n) => n >= 6], ['?property=status==DRAFT', (n) => n === 0], ['?start=1000', (n) => n === 0], ['?orderBy=%2BcreatedDate&expandSchema=TRUE&limit=2', (n) => n === 2], ['?orderBy=-lastUpdateDate', (n) => n >= 6]]) {
    await get('2.3', `/mappingSets${query}`, { status: 200, body: { data: (list) => n(list.length), _page: { count: n, limit: Number.isInteger } } });
  }
  await get('2.3', '/mappingSets?limit=2', { status: 200, body: { _links: { next: { href: /\/data\/foundation\/conversion\/mappingSets\?limit=2&start=2$/, templated: false } } } });
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'start=-1', 'orderBy=name', 'property=status', 'expandSchema=perhaps']) await get('2.3', `/mappingSets?${query}`, conv('1009-400'));
  const at = `/mappingSets/${newer.id}/mappings`;
  await get('2.3', at, { status: 200, body: [{ id: replaced.mappings[0].id }] });
  await get('2.3', `${at}/${replaced.mappings[0].id}`, { status: 200, body: { source: 'Id' } });
  await get('2.3', `${at}/${'0'.repeat(32)}`, conv('1002-404'));
  const added = await post('2.3', at, attribute('Email', 'personalEmail.address'), { status: 200, body: mapped('Email', 'personalEmail.address') });
  await post('2.3', at, attribute('Email', ''), conv('1004-400'));
  await send('2.3', 'PUT', `${at}/${added.id}`, attribute('Mail', 'personalEmail.address'), { status: 200, body: { source: 'Mail' } });
  await send('2.3', 'PUT', `${at}/${'0'.repeat(32)}`, attribute('Mail', '_id'), conv('1002-404'));
  await get('2.3', `/mappingSets/${newer.id}`, { status: 200, body: { version: 3, mappings: (m) => m.length === 2 } });
  await send('2.3', 'DELETE', `${at}/${(await t.api.get(base + at)).body[1].id}`, undefined, { status: 204, body: '' });
  await send('2.3', 'DELETE', `${at}/${'0'.repeat(32)}`, undefined, conv('1002-404'));
  await send('2.3', 'DELETE', `/mappingSets/${newer.id}`, undefined, { status: 204, body: '' });
  await send('2.3', 'DELETE', `/mappingSets/${newer.id}`, undefined, conv('1000-404'));
  await send('2.3', 'DELETE', `/mappingSets/${used}`, undefined, conv('1008-409'));
  await post('2.6', '/mappingSets', set(attribute('Email', 'personalEmail.address', { identity: true, primaryIdentity: true, namespaceCode: 'Email' })), 200);
  await post('2.4', '/mappingSets', set({ source: 'concat(a, b)', destination: '_id' }), 200);

  // 3.1
  await post('3.1', '/mappingSets/validate', set(attribute('Id', '_id'), email), { status: 200, body: { validationResponse: [{ status: 'SUCCESS', errors: null }, { status: 'SUCCESS', errors: null }] } });
  await post('3.1', '/mappingSets/validate', set(attribute('Id', '_id'), { sourceType: 'EXPRESSION', source: 'dat(birthday)', destination: 'person.birthDate' }, attribute('x', 'nowhere')), {
    status: 200, body: { validationResponse: [{ status: 'SUCCESS' }, { status: 'FAILED', errors: [{ destination: 'person.birthDate', exception: /dat/, source: 'dat(birthday)', columnName: null, sourceType: 'text/x.aep-xl' }] }, { status: 'FAILED', errors: (e) => e.length === 1 }] },
  });
  await post('3.1', '/mappingSets/validate', set(attribute('Id', '_id'), attribute('Key', '_id')), { status: 200, body: { validationResponse: (list) => list.every((one) => one.status === 'SUCCESS') && list.some((one) => one.errors !== null) } });
  await post('3.1', '/mappingSets/validate', set({ sourceType: 'EXPRESSION', source: `"${'x'.repeat(4096)}"`, destination: '_id' }), { status: 200, body: { validationResponse: [{ status: 'FAILED' }] } });
  await post('3.1', '/mappingSets/validate', [], conv('1004-400'));

  // 3.2
  const preview = (ref, data, mappingSet, want) => post(ref, '/mappingSets/preview', { data, mappingSet }, want);
  await preview('3.2', [{ id: 1234, firstName: 'Jane' }], set(attribute('id', '_id'), attribute('firstName', 'person.name.firstName'), email), { status: 200, body: [{ data: { ...landed, _id: '1234', person: { name: { firstName: 'Jane' } } }, errors: null }] });
  await preview('3.2', { id: 1234 }, set(attribute('id', '_id'), email), { status: 200, body: { data: { ...landed, _id: '1234' }, errors: null } });
  await preview('3.2', [{ born: 'soon' }], set(attribute('born', 'person.birthDate'), email), { status: 200, body: [{ errors: [{ destination: 'person.birthDate', exception: /./, source: 'born' }] }] });
  await preview('3.2', Array.from({ length: 101 }, () => ({ id: 1 })), set(attribute('id', '_id')), conv('1004-400'));
  await preview('3.2', [{ id: 'x'.repeat(1 << 20) }], set(attribute('id', '_id')), conv('1004-400'));
  await preview('3.2', undefined, set(), conv('1004-400'));
  await preview('3.2', [{}], undefined, conv('1004-400'));

  // 3.3
  await get('3.3', `/mappingSets/suggestion?datasetId=${dataset}`, { status: 200, body: { id: null, mappings: (m) => m.length > 0 && m.every((one) => one.id === null && one.matchScore >= 0 && one.matchScore <= 1) } });
  await get('3.3', `/mappingSets/suggestion?batchId=${batch}&excludeUnmapped=True`, { status: 200, body: { id: null, mappings: (m) => m.every((one) => one.destination !== null) } });
  await get('3.3', '/mappingSets/suggestion', conv('1009-400'));
  await get('3.3', '/mappingSets/suggestion?datasetId=ffffffffffffffffffffffff', { status: 404 });

  // 3.4 to 3.6
  await get('3.4', '/languages/el/functions', { status: 200, body: (list) => list.length > 80 && list.find((one) => one.function === 'concat').returnType === 'java.lang.String' });
  await get('3.5', '/languages/el/operators', { status: 200, body: (list) => ['+', '=~', '.', '[]', '!'].every((symbol) => list.some((one) => one.operatorSymbol === symbol)) });
  for (const [body, validationStatus] of [[{ expression: 'concat(a,b)' }, 'succeeded'], [{ expression: { expression: 'concat(a,b)' } }, 'succeeded'], [{ expression: 'concat(' }, 'failed'], [{ expression: 'nothing(a)' }, 'failed'], [{ expression: 'upper(name)', sampleData: '{"name":"a"}', sampleDataType: 'JSON' }, 'succeeded'], [{ expression: 'to_integer(name)', sampleData: '{"name":"x"}' }, 'failed'], [{ expression: 'a', sampleData: 'no json' }, 'failed']]) {
    await post('3.6', '/languages/el/validate', body, { status: 200, body: { validationStatus, error: validationStatus === 'succeeded' ? 'none' : /./ } });
  }
  await post('3.6', '/languages/el/validate', {}, conv('1004-400'));

  // 3.7
  const sample = await post('3.7', '/samples', { sampleData: '[{"name":"Ana","age":5}]', sampleType: 'JSON' }, { status: 200, body: { ...head, sampleData: '[{"name":"Ana","age":5}]', sampleType: 'JSON' } });
  await get('3.7', '/samples?limit=1&start=0&orderBy=-createdDate', { status: 200, body: { data: (d) => d.length === 1, _page: { limit: 1 } } });
  await get('3.7', `/samples/${sample.id}`, { status: 200, body: { id: sample.id } });
  await get('3.7', `/samples/${'0'.repeat(32)}`, { status: 404 });
  await send('3.7', 'PUT', `/samples/${sample.id}`, { sampleData: '[{"name":"Bea"}]' }, { status: 200, body: { version: 1, sampleData: '[{"name":"Bea"}]' } });
  await post('3.7', '/samples', {}, conv('1004-400'));
  const form = (name, content) => [`--rows\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n--rows--\r\n`, { 'Content-Type': 'multipart/form-data; boundary=rows' }];
  const upload = (path, name, content, want) => send('3.7', 'POST', path, form(name, content)[0], want, form(name, content)[1]);
  await upload('/samples/upload', 'file', 'name,age\nAna,5\n', { status: 200, body: { sampleData: /Ana/ } });
  await upload('/samples/upload', 'other', 'name\nAna\n', conv('1004-400'));
  await post('3.7', '/schemas', { jsonSchema: { type: 'object', properties: { a: { type: 'string' } } } }, { status: 200, body: { id: hex, version: 0, jsonSchema: { type: 'object' }, schemaRef: null } });
  const ofSample = await post('3.7', '/schemas', { sampleId: sample.id }, { status: 200, body: { jsonSchema: { title: `SampleSchema:${sample.id}`, properties: { name: { type: 'string' } } } } });
  await post('3.7', '/schemas', { name: 'people', schemaRef: target.schemaRef }, { status: 200, body: { jsonSchema: (text) => JSON.parse(text).properties.person !== undefined } });
  await post('3.7', '/schemas', {}, conv('1004-400'));
  await get('3.7', `/schemas/${ofSample.id}`, { status: 200, body: { id: ofSample.id } });
  await get('3.7', `/schemas/${sample.id}`, { status: 404 });
  await get('3.7', '/schemas?limit=2', { status: 200, body: { data: (d) => d.length === 2, _links: { next: { href: /\/schemas\?limit=2&start=2$/ } } } });
  await upload('/schemas/upload', 'file', '{"type":"object","properties":{"b":{"type":"integer"}}}', { status: 200, body: { jsonSchema: { properties: { b: { type: 'integer' } } } } });

  // 3.8: the mapping stage of a run
  const stage = { flowId: flow.id, flowRunId: run.id, destinationDatasetId: dataset, mappingSetId: used, status: 'success', inputRecordCount: 30, outputRecordCount: 30, failedRecordCount: 0 };
  const list = await get('3.8', `/xdmBatchConversions?limit=10&destinationDatasetId=${dataset}&status=SUCCESS&property=flowRunId==${run.id}`, { status: 200, body: { data: [stage], _page: { count: 1, limit: 10 } } });
  await get('3.8', `/xdmBatchConversions?sourceBatchId=${list.data?.[0].sourceBatchId}`, { status: 200, body: { data: [stage] } });
  await get('3.8', '/xdmBatchConversions?status=failed', { status: 200, body: { data: [] } });
  await get('3.8', `/xdmBatchConversions/${run.id}`, { status: 200, body: stage });
  const [activity] = await get('3.8', `/xdmBatchConversions/${run.id}/activities`, { status: 200, body: [{ conversionId: run.id, partition: (name) => name.length > 0, status: 'success', inputRecordCount: 30 }] });
  await get('3.8', `/xdmBatchConversions/${run.id}/activities/${activity.id}`, { status: 200, body: { id: activity.id } });
  await get('3.8', `/xdmBatchConversions/${run.id}/activities/none`, { status: 404 });
  await get('3.8', '/xdmBatchConversions/none', { status: 404 });
  await post('3.8', '/xdmBatchConversions', {}, { status: 405 });
  await send('1', 'DELETE', '/languages/el/functions', undefined, { status: 405, headers: { allow: /GET/ } });
  await get('1', '/nothing', { status: 404 });
}
