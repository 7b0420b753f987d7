// Batches of files, from the upload to the end.
import assert from 'node:assert/strict';
import { eventually } from './processes.mjs';

const kImport = '/data/foundation/import/batches';

/// A profile schema with fields of the tenant's own (`_foz`), and a data set of it.
export async function createOwnDataset(api, title, properties) {
  const registry = '/data/foundation/schemaregistry/tenant';
  const create = async (path, body) => {
    const answer = await api.post(path, body);
    assert.ok(answer.status === 201, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const profile = 'https://ns.adobe.com/xdm/context/profile';
  const group = await create(`${registry}/mixins`, {
    type: 'object', title: `${title} fields`, 'meta:intendedToExtend': [profile],
    definitions: { own: { properties: { _foz: { type: 'object', properties } } } }, allOf: [{ $ref: '#/definitions/own' }],
  });
  const schema = await create(`${registry}/schemas`, { type: 'object', title, allOf: [{ $ref: profile }, { $ref: group.$id }] });
  const [reference] = await create('/data/foundation/catalog/dataSets', { name: title, schemaRef: { id: schema.$id } });
  return { schema: schema.$id, dataset: reference.slice(reference.lastIndexOf('/') + 1) };
}

/// Uploads one file as a batch and waits for its end: the batch as Catalog shows it.
export async function ingest(api, dataset, bytes, { format = { format: 'json', isMultiLineJson: false }, percent = 100, timeoutMs = 60000 } = {}) {
  const made = await api.post(kImport, { datasetId: dataset, inputFormat: format, partialIngestionPercent: percent, enableErrorDiagnostics: true });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = made.body;
  const response = await fetch(`${api.credentials.endpoint}${kImport}/${id}/datasets/${dataset}/files/rows`, { method: 'PUT', headers: api.headers({ 'Content-Type': 'application/octet-stream' }), body: bytes });
  assert.equal(response.status, 200, await response.text());
  assert.equal((await api.post(`${kImport}/${id}?action=COMPLETE`)).status, 200);
  return eventually(async () => {
    const { body } = await api.get(`/data/foundation/catalog/batches/${id}`);
    return ['success', 'failed'].includes(body[id].status) && { ...body[id], id };
  }, `batch ${id} ends`, timeoutMs);
}

/// The rejected rows of a batch, as they are kept.
export async function rejectedRows(api, batch) {
  const { status, body } = await api.get(`/data/foundation/export/batches/${batch}/meta?path=row_errors`);
  if (status === 404) return [];
  const rows = [];
  for (const file of body.data) {
    const text = Buffer.from(await api.bytes(file._links.self.href)).toString();
    rows.push(...text.trim().split('\n').map((line) => JSON.parse(line)));
  }
  return rows;
}
