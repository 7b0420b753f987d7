// Reads what landed with a Parquet reader that shares nothing with the writer.
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/// All rows of a data set, read through Data Access: nested objects, dates as Date.
export async function landedRows(api, datasetId) {
  const rows = [];
  for (const file of await landedFiles(api, datasetId)) rows.push(...(await parquetReadObjects({ file: await api.bytes(file.href), compressors })));
  return rows;
}

async function landedBatches(api, datasetId) {
  const batches = [];
  for (;;) {
    const { body } = await api.get(`/data/foundation/catalog/batches?dataSet=${datasetId}&status=success&limit=100&start=${batches.length}&orderBy=asc:created`);
    batches.push(...Object.keys(body));
    if (Object.keys(body).length < 100) return batches;
  }
}

export async function landedFiles(api, datasetId) {
  const files = [];
  for (const batch of await landedBatches(api, datasetId)) {
    const { body: list } = await api.get(`/data/foundation/export/batches/${batch}/files`);
    for (const entry of list.data) {
      const { body: parts } = await api.get(entry._links.self.href);
      for (const part of parts.data) files.push({ batch, name: part.name, length: part.length, href: part._links.self.href });
    }
  }
  return files;
}

/// Field ids by dotted column path.
export function fieldIds(bytes) {
  const ids = {};
  const walk = (node, path) => {
    for (const child of node.children) {
      const name = [...path, child.element.name];
      ids[name.join('.')] = child.element.field_id;
      walk(child, name);
    }
  };
  walk(parquetSchema(parquetMetadata(bytes)), []);
  return ids;
}
