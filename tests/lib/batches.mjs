// Uploaded batches as a client makes them.
import { eventually } from './processes.mjs';

export const kImports = '/data/foundation/import/batches';
export const kCatalog = '/data/foundation/catalog';
const kOctets = { 'Content-Type': 'application/octet-stream' };
const kParts = ['profile', 'profile-person-details', 'profile-personal-details'].map((part) => ({ $ref: `https://ns.adobe.com/xdm/context/${part}` }));

/// A data set of people. Gives its id.
export async function peopleDataset(api, title = 'Uploaded people') {
  const { body: schema } = await api.post('/data/foundation/schemaregistry/tenant/schemas', { title, type: 'object', allOf: kParts });
  const { body } = await api.post(`${kCatalog}/dataSets`, { name: title, schemaRef: { id: schema.$id } });
  return body[0].slice('@/dataSets/'.length);
}

/// A data set of flat ad hoc rows with these fields, {name: {"type"}}. Gives its id.
export async function flatDataset(api, title, fields) {
  const registry = '/data/foundation/schemaregistry/tenant';
  const { body: made } = await api.post(`${registry}/classes`, { title: `${title} class`, type: 'object', allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }, { properties: fields }] });
  const { body: schema } = await api.post(`${registry}/schemas`, { title, type: 'object', allOf: [{ $ref: made.$id }] });
  const { body } = await api.post(`${kCatalog}/dataSets`, { name: title, schemaRef: { id: schema.$id } });
  return body[0].slice('@/dataSets/'.length);
}

export const person = (n) => ({ _id: `p${n}`, person: { name: { firstName: `First ${n}`, lastName: `Last ${n}` } }, personalEmail: { address: `p${n}@example.org` } });
export const jsonLines = (rows) => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');

export async function openBatch(api, dataset, more = {}) {
  const { status, body } = await api.post(kImports, { datasetId: dataset, inputFormat: { format: 'json' }, ...more });
  if (status !== 201) throw new Error(`no batch: ${status} ${JSON.stringify(body)}`);
  return body.id;
}

export const filePath = (batch, dataset, name) => `${kImports}/${batch}/datasets/${dataset}/files/${name}`;
export const upload = (api, batch, dataset, name, bytes, headers = {}) => api.call('PUT', filePath(batch, dataset, name), bytes, { ...kOctets, ...headers });
export const complete = (api, batch) => api.post(`${kImports}/${batch}?action=COMPLETE`);
export const batchOf = async (api, batch) => (await api.get(`${kCatalog}/batches/${batch}`)).body[batch];

/// Waits for the end of a batch and gives it.
export const ended = (api, batch, timeoutMs = 60000) =>
  eventually(async () => {
    const one = await batchOf(api, batch);
    return ['success', 'failed'].includes(one.status) && one;
  }, `the end of batch ${batch}`, timeoutMs);

/// A batch of files {name: bytes}, to its end.
export async function ingest(api, dataset, files, more = {}) {
  const batch = await openBatch(api, dataset, more);
  for (const [name, bytes] of Object.entries(files)) {
    const { status, body } = await upload(api, batch, dataset, name, bytes);
    if (status !== 200) throw new Error(`${name} is refused: ${status} ${JSON.stringify(body)}`);
  }
  await complete(api, batch);
  return ended(api, batch);
}
