// Foz's own routes beside those of the contracts: what stands in a data set, where a batch came from, schemas for a file.
const base = '/foz/v1';
const registry = '/data/foundation/schemaregistry';

export async function fozRows(t, { dataset, batch, T, flow, run, source, target, landed }) {
  const get = (ref, path, want) => t.row(ref, 'GET', base + path, { want });
  await get('statistics', `/datasets/${dataset}/statistics`, {
    status: 200,
    body: { rows: (n) => n > 3, bytes: (n) => n > 0, files: (n) => n > 0, columns: (c) => c.some((one) => one.path === 'personalEmail.address' && one.type === 'string' && one.nulls === 0 && one.nullShare === 0 && one.distinctEstimate > 1 && one.min <= one.max) },
  });
  await get('statistics', `/datasets/${dataset}/statistics?distinct=false`, { status: 200, body: { columns: (c) => c.length > 0 && c.every((one) => one.distinctEstimate === null) } });
  await get('statistics', '/datasets/ffffffffffffffffffffffff/statistics', 404);
  await get('lineage', `/batches/${batch}/lineage`, { status: 200, body: { batch, dataSet: dataset, status: 'success', flow: null, run: null, replaces: [], files: [{ name: 'part-00000.parquet', records: 3 }] } });
  await get('lineage', '/batches/01AAAAAAAAAAAAAAAAAAAAAAAA/lineage', 404);
  const { pageList } = await get('lineage', `/batches/${landed}/lineage`, {
    status: 200, body: { batch: landed, dataSet: dataset, status: 'success', flow: flow.id, run: { id: run.id, sourceConnectionId: source.id, targetConnectionId: target.id, windowTo: Number.isInteger, deltaColumn: 'LastModifiedDate', mappingVersion: 0, records: 30, pages: 1, slices: [{ slice: /./, pages: 1, firstPage: 1, lastPage: 1, bytes: (n) => n > 0, from: '', to: undefined }], slicesLeftOut: 0 } },
  });
  await t.row('lineage', 'GET', pageList, { want: { status: 200, body: { path: 'page-000001.json', slice: /./, page: 1, bytes: (n) => n > 0, from: '' } } });

  const octets = { 'Content-Type': 'application/octet-stream' };
  const derive = (query, body, want) => t.row('derive', 'POST', `${base}/derive?${query}`, { body, headers: octets, want });
  const csv = 'FirstName,last_name,email,born,Shoe size\nAna,Lima,ana@x.org,1990-01-02,38\n';
  const derived = await derive('name=Customers&format=csv', csv, {
    status: 200,
    body: {
      columns: [{ name: 'FirstName', type: 'string' }, { name: 'last_name', type: 'string' }, { name: 'email', type: 'string' }, { name: 'born', type: 'string', format: 'date' }, { name: 'Shoe size', type: 'integer' }],
      mappings: (m) => m.some((one) => one.source === 'email' && one.destination === 'personalEmail.address') && m.some((one) => one.source === 'Shoe size' && one.destination === `_${T}.Shoe_size`),
      unmapped: (u) => u.includes('Shoe size') && !u.includes('email'),
    },
  });
  for (const part of ['source', 'target']) {
    const made = await t.row('derive', 'POST', `${registry}/rpc/import`, { body: derived[part], want: { status: 200, body: (r) => r.length === 2 && r[1]['meta:class'] !== undefined } });
    await t.row('derive', 'GET', `${registry}/tenant/schemas/${encodeURIComponent(made[1].$id)}`, { headers: { Accept: 'application/vnd.adobe.xed-full+json; version=1' }, want: { status: 200, body: { properties: part === 'source' ? (p) => Object.values(p)[0].properties['Shoe size'].type === 'integer' : { [`_${T}`]: { properties: { Shoe_size: { type: 'integer' } } }, personalEmail: {}, person: {} } } } });
  }
  await derive('name=Events&format=json', '{"id":1,"when":{"at":"2020-01-02T03:04:05Z"},"tags":["a"]}\n', { status: 200, body: { columns: [{ name: 'id', type: 'integer' }, { name: 'tags', type: 'array' }, { name: 'when.at', type: 'string', format: 'date-time' }] } });
  for (const [query, body] of [['format=csv', csv], ['name=x', csv], ['name=x&format=xml', csv], ['name=x&format=csv', ''], ['name=x&format=json', '\n'], ['name=x&format=parquet', csv], ['name=x&connectionId=none', '']]) await derive(query, body, { status: 400 });
  await derive('name=x&connectionId=none&table=Contact', '', { status: 404 });
}
