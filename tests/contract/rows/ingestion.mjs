// Follows: Batch Ingestion and Data Access contract.
import { gzipSync } from 'node:zlib';
import { eventually } from '../../lib/processes.mjs';
import { problem } from './table.mjs';

const imports = '/data/foundation/import/batches';
const exports_ = '/data/foundation/export';
const catalog = '/data/foundation/catalog';
const octets = { 'Content-Type': 'application/octet-stream' };
const ingest = (status) => problem(status, `INGEST-1000-${status}`);
const access = (status) => problem(status, `ACCESS-1000-${status}`);
const lines = (...rows) => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
const person = (n) => ({ _id: String(n), personalEmail: { address: `p${n}@x.org` } });

export async function ingestionRows(t, { dataset, adhoc, batch: earlier, T }) {
  const send = (ref, method, path, body, want, headers) => t.row(ref, method, path, { body, headers, want });
  const fileOf = (batch, name, set = dataset) => `${imports}/${batch}/datasets/${set}/files/${name}`;
  const over = (batch) => eventually(async () => {
    const one = (await t.api.get(`${catalog}/batches/${batch}`)).body[batch];
    return ['success', 'failed'].includes(one.status) && one;
  }, `batch ${batch} is over`);
  const open = async (ref, more = {}, set = dataset) => (await send(ref, 'POST', imports, { datasetId: set, inputFormat: { format: 'json' }, ...more }, 201)).id;
  /// A batch of one file, to its end.
  const whole = async (ref, body, more = {}, set = dataset, headers = octets) => {
    const batch = await open(ref, more, set);
    await send('3.1', 'PUT', fileOf(batch, 'rows', set), body, { status: 200, body: '' }, headers);
    await send('4', 'POST', `${imports}/${batch}?action=COMPLETE`, undefined, { status: 200, body: '' });
    return over(batch);
  };

  // 2
  const first = await send('2', 'POST', imports, { datasetId: dataset, inputFormat: { format: 'json' }, enableErrorDiagnostics: true, partialIngestionPercentage: 5 }, {
    status: 201, body: { id: /^[0-9A-HJKMNP-TV-Z]{26}$/, imsOrg: /./, status: 'loading', created: Number.isInteger, version: '1.0.0', externalId: (x) => typeof x === 'string', relatedObjects: [{ type: 'dataSet', id: dataset }], inputFormat: { format: 'json', isMultiLineJson: false }, tags: { acp_enableErrorDiagnostics: true, acp_partialIngestionPercent: 5 }, replay: {} },
  });
  await send('2', 'POST', `${imports}/`, { datasetId: dataset, inputFormat: { format: 'JSON' } }, 201);
  await send('2', 'PATCH', imports, { datasetId: dataset }, { status: 201, body: { inputFormat: { format: 'parquet' } } });
  await send('2', 'POST', imports, { datasetId: 'ffffffffffffffffffffffff' }, ingest(404));
  await send('2', 'POST', imports, {}, ingest(400));
  await send('2', 'POST', imports, { datasetId: dataset, inputFormat: { format: 'avro' } }, ingest(400));
  await send('2', 'POST', imports, { datasetId: dataset, inputFormat: { format: 'csv' } }, ingest(400));
  await send('2', 'POST', imports, { datasetId: adhoc, inputFormat: { format: 'csv', delimiter: ';;' } }, ingest(400));
  await send('2', 'POST', imports, { datasetId: dataset, partialIngestionPercent: 101 }, ingest(400));

  // 3.1
  const at = fileOf(first.id, 'a/b=c/part%201.json');
  await send('3.1', 'PUT', at, lines(person(1)), { status: 200, body: '' }, octets);
  await send('3.1', 'PUT', at, lines(person(1), person(2)), 200, { 'Content-Type': 'application/json' });
  for (const path of ['..%2Fx', 'a%2F..%2F..%2Fx', '%2Fx', 'a%2F%2Fb', '%2e%2e%2f%2e%2e%2fx', 'a%00b']) await send('3.1', 'PUT', fileOf(first.id, path), 'x', 400, octets);
  await send('3.1', 'PUT', fileOf(first.id, 'x'), 'x', ingest(415), { 'Content-Type': 'image/png' });
  await send('3.1', 'PUT', fileOf('01AAAAAAAAAAAAAAAAAAAAAAAA', 'x'), 'x', ingest(404), octets);
  await send('3.1', 'PUT', fileOf(first.id, 'x', adhoc), 'x', ingest(404), octets);
  await send('3.1', 'PUT', fileOf(first.id, 'x'.repeat(2000)), 'x', { status: 414, body: { type: /INGEST-1000-414/ } }, octets);

  // 3.2
  const large = fileOf(first.id, 'large.json');
  const bytes = lines(person(3), person(4));
  const half = 20;
  const chunk = (ref, from, text, total, want) => send(ref, 'PATCH', large, text, want, { ...octets, 'Content-Range': `bytes ${from}-${from + text.length - 1}/${total}` });
  await t.row('3.2', 'HEAD', fileOf(first.id, 'unknown'), { want: 404 });
  await send('3.2', 'POST', `${large}?action=initialize`, undefined, { status: 201, body: '' });
  await chunk('3.2', half, bytes.slice(half), bytes.length, { status: 200, body: {} });
  await send('3.2', 'POST', `${large}?action=COMPLETE`, undefined, ingest(400));
  await send('4', 'POST', `${imports}/${first.id}?action=COMPLETE`, undefined, ingest(400));
  await chunk('3.2', 0, bytes.slice(0, half), '*', 200);
  await send('3.2', 'PATCH', large, 'abc', ingest(400), { ...octets, 'Content-Range': `bytes 0-9/${bytes.length}` });
  await send('3.2', 'PATCH', large, 'abc', ingest(400), { ...octets, 'Content-Range': 'bytes x-9/3' });
  await t.row('3.2', 'HEAD', large, { want: { status: 200, headers: { 'content-length': String(bytes.length) } } });
  await send('3.2', 'POST', `${large}?action=COMPLETE`, undefined, { status: 200, body: { name: 'large.json', sizeInBytes: bytes.length } });
  await send('3.2', 'POST', `${large}?action=NOTHING`, undefined, ingest(400));

  // 6
  await send('6', 'GET', `${imports}/${first.id}/datasets/${dataset}/preview?nrow=1`, undefined, { status: 200, body: { formatParams: { format: 'json' }, preview: { columns: (c) => c.some((one) => one.name === 'personalEmail/address'), rows: (r) => r.length === 1 } } });
  await send('6', 'GET', `${imports}/${first.id}/datasets/${dataset}/preview?nrow=11`, undefined, ingest(400));
  const empty = await open('2');
  await send('6', 'GET', `${imports}/${empty}/datasets/${dataset}/preview`, undefined, ingest(404));

  // 4
  await send('4', 'POST', `${imports}/${first.id}`, undefined, ingest(400));
  await send('4', 'POST', `${imports}/${first.id}?action=NOTHING`, undefined, ingest(400));
  await send('4', 'POST', `${imports}/${first.id}?action=REVERT`, undefined, ingest(400));
  await send('4', 'POST', `${imports}/01AAAAAAAAAAAAAAAAAAAAAAAA?action=COMPLETE`, undefined, ingest(404));
  await send('4', 'POST', `${imports}/${first.id}?actions=complete`, undefined, { status: 200, body: '' });
  await send('4', 'POST', `${imports}/${first.id}?action=COMPLETE`, undefined, 200);
  await send('4', 'POST', `${imports}/${first.id}?action=ABORT`, undefined, ingest(400));
  const landed = await over(first.id);
  t.holds('9', `four rows landed: ${JSON.stringify(landed)}`, landed.status === 'success' && landed.recordCount === 4 && landed.failedRecordCount === 0);
  await send('3.1', 'PUT', fileOf(first.id, 'late'), 'x', ingest(400), octets);
  await send('4', 'POST', `${imports}/${empty}?action=COMPLETE`, undefined, 200);
  const none = await over(empty);
  t.holds('4', `a batch without files fails with 106: ${JSON.stringify(none.errors)}`, none.status === 'failed' && none.errors[0].code === '106');
  const aborted = await open('4');
  for (const want of [200, 200]) await send('4', 'POST', `${imports}/${aborted}?action=abort`, undefined, want);
  await send('4', 'POST', `${imports}/${aborted}?action=COMPLETE`, undefined, ingest(400));
  const failed = await open('4');
  await send('4', 'POST', `${imports}/${failed}?action=FAIL`, undefined, 200);
  t.holds('4', 'FAIL leaves INGEST-FAIL', (await t.api.get(`${catalog}/batches/${failed}`)).body[failed].errors[0].code === 'INGEST-FAIL');
  await send('4', 'POST', `${imports}/${failed}?action=FAIL`, undefined, ingest(400));

  // 7 and 8: forms of input
  const ok = (ref, what, batch, rows) => t.holds(ref, `${what}: ${batch.status} with ${batch.recordCount} rows ${JSON.stringify(batch.errors)}`, batch.status === 'success' && batch.recordCount === rows);
  ok('7', 'arrays on a line', await whole('7', JSON.stringify([person(1), person(2)])), 2);
  ok('7', 'CRLF and blank lines', await whole('7', `${JSON.stringify(person(1))}\r\n\r\n${JSON.stringify(person(2))}\r\n`), 2);
  ok('7', 'multi-line array', await whole('7', JSON.stringify([person(1), person(2)], null, 2), { inputFormat: { format: 'json', isMultiLineJson: true } }), 2);
  ok('7', 'concatenated objects', await whole('7', JSON.stringify(person(1), null, 2) + JSON.stringify(person(2), null, 2), { inputFormat: { format: 'json', isMultiLineJson: true } }), 2);
  ok('7', 'a byte order mark', await whole('7', `\ufeff${JSON.stringify(person(1))}`), 1);
  ok('7', 'the envelope of streaming', await whole('7', JSON.stringify({ header: {}, body: { xdmMeta: {}, xdmEntity: person(1) } })), 1);
  ok('8', 'an empty row', await whole('8', '{}', {}, adhoc), 1);
  ok('3.1', 'gzip', await whole('3.1', gzipSync(lines(person(1), person(2))), {}, dataset, { ...octets, 'Content-Encoding': 'gzip' }), 2);
  const csv = { inputFormat: { format: 'csv' } };
  ok('7', 'CSV', await whole('7', 'field1,FIELD2\n"a, ""b""",5\nx,\n', csv, adhoc), 2);
  ok('7', 'CSV of another dialect', await whole('7', "field1;field2\n'a;b';5\n", { inputFormat: { format: 'csv', delimiter: ';', quote: "'" } }, adhoc), 1);
  const headless = await whole('9', '\n1,2\n', csv, adhoc);
  t.holds('9', `an empty header is error 118: ${JSON.stringify(headless.errors)}`, headless.status === 'failed' && headless.errors[0].code === '118');

  // 9: thresholds
  const bad = (n) => ({ _id: String(n), person: { birthYear: 'x' } });
  const mixed = (good, wrong) => lines(...Array.from({ length: good }, (_, i) => person(i)), ...Array.from({ length: wrong }, (_, i) => bad(i)));
  for (const [percent, good, wrong, status] of [[0, 3, 1, 'failed'], [25, 3, 1, 'success'], [24, 3, 1, 'failed'], [100, 0, 2, 'success']]) {
    const batch = await whole('9', mixed(good, wrong), { partialIngestionPercent: percent });
    t.holds('9', `${wrong} of ${good + wrong} at ${percent} %: ${batch.status}`, batch.status === status && batch.failedRecordCount === wrong && batch.recordCount === (status === 'success' ? good : 0));
    t.holds('9', `errors with diagnostics: ${JSON.stringify(batch.errors)}`, batch.errors[0].code === 'INGEST-1212-400' && batch.errors.every((one) => Array.isArray(one.rows)));
  }
  const silent = await whole('9', mixed(3, 1));
  t.holds('9', `errors without diagnostics: ${JSON.stringify(silent.errors)}`, silent.status === 'failed' && silent.errors.length === 1 && silent.errors[0].code === 'INGEST-1211-400');
  const kinds = lines('{broken', { _id: '1', nothing: 1 }, { _id: '2', person: { gender: 'x' } }, { _id: '3', person: { birthYear: 'x' } }, { _id: '4', personalEmail: {} });
  const sorted = await whole('9, 10', kinds, { partialIngestionPercent: 100 });
  for (const code of ['INGEST-1401-400', 'INGEST-1556-400', 'INGEST-1557-400', 'INGEST-1558-400']) t.holds('9', `${code} among ${JSON.stringify(sorted.errors)}`, sorted.errors.some((one) => one.code === code && one.recordCount === 1));

  // 5: replay
  const replay = await whole('5', lines(person(1)), { replay: { predecessors: [`$${first.id}`], reason: 'again' } });
  ok('5', 'a replay', replay, 1);
  t.holds('5', 'its predecessor is inactive', (await t.api.get(`${catalog}/batches/${first.id}`)).body[first.id].status === 'inactive');
  await send('5', 'POST', imports, { datasetId: dataset, replay: { predecessors: ['01AAAAAAAAAAAAAAAAAAAAAAAA'] } }, ingest(400));
  await send('4', 'POST', `${imports}/${replay.id}?action=REVERT`, undefined, 200);
  await send('4', 'POST', `${imports}/${replay.id}?action=REVERT`, undefined, 200);

  // 11 and 12
  const file = `${earlier}-1`;
  await send('11', 'GET', `${exports_}/batches/${earlier}/files`, undefined, { status: 200, body: { data: [{ dataSetFileId: file, dataSetViewId: /./, version: '1.0.0', created: /^\d+$/, updated: /^\d+$/, records: '3', size: /^\d+$/, isValid: true, _links: { self: { href: new RegExp(`^http://.*/data/foundation/export/files/${file}$`) } } }], _page: { limit: 100, count: 1 } } });
  await send('11', 'GET', `${exports_}/batches/${failed}/files`, undefined, { status: 200, body: { data: [] } });
  await send('11', 'GET', `${exports_}/batches/01AAAAAAAAAAAAAAAAAAAAAAAA/files`, undefined, access(404));
  for (const query of ['limit=0', 'limit=101', 'start=-1', 'start=x']) await send('15', 'GET', `${exports_}/batches/${earlier}/files?${query}`, undefined, access(400));
  const list = await send('12', 'GET', `${exports_}/files/${file}`, undefined, { status: 200, body: { data: [{ name: 'part-00000.parquet', length: /^\d+$/, _links: { self: { href: /\?path=part-00000\.parquet$/ } } }] } });
  const size = Number(list.data[0].length);
  const part = `${exports_}/files/${file}?path=part-00000.parquet`;
  const whole_ = await send('12', 'GET', part, undefined, { status: 200, headers: { 'content-type': /parquet/, 'content-length': String(size), 'accept-ranges': 'bytes', etag: /./, 'content-disposition': /^attachment/ } }, { Accept: 'application/json' });
  t.holds('12', 'the bytes are Parquet', String(whole_).startsWith('PAR1'));
  const etag = (await t.api.get(part)).headers.get('etag');
  for (const [range, from, to, length] of [['bytes=0-3', 0, 3, 4], [`bytes=${size - 4}-`, size - 4, size - 1, 4], ['bytes=-4', size - 4, size - 1, 4], [`bytes=0-${size + 99}`, 0, size + 99, size]]) {
    await send('12', 'GET', part, undefined, { status: 206, headers: { 'content-range': `bytes ${from}-${to}/${size}`, 'content-length': String(length) } }, { Range: range });
  }
  await send('12', 'GET', `${part}&range=bytes=0-3`, undefined, { status: 206, headers: { 'content-length': '4' } });
  await send('12', 'GET', part, undefined, { status: 206 }, { Range: 'bytes=0-3', 'If-Range': etag });
  await send('12', 'GET', part, undefined, { status: 200 }, { Range: 'bytes=0-3', 'If-Range': '"another"' });
  await send('12', 'GET', part, undefined, { status: 416, headers: { 'content-range': `bytes */${size}` } }, { Range: `bytes=${size}-` });
  for (const range of ['bytes=x', 'bytes=0-1,3-4']) await send('12', 'GET', part, undefined, { status: 200 }, { Range: range });
  await t.row('12', 'HEAD', part, { want: { status: 200, headers: { 'content-length': String(size), 'accept-ranges': 'bytes' } } });
  await t.row('12', 'HEAD', `${exports_}/files/${file}`, { want: 400 });
  await send('12', 'GET', `${exports_}/files/${file}?path=nothing`, undefined, access(404));
  await send('12', 'GET', `${exports_}/files/01AAAAAAAAAAAAAAAAAAAAAAAA-1`, undefined, access(404));

  // 13
  const lost = await whole('10, 13', mixed(1, 2), { partialIngestionPercent: 5 });
  await send('13', 'GET', `${exports_}/batches/${lost.id}/failed`, undefined, { status: 200, body: { data: (d) => d.some((one) => one.name === '_SUCCESS' && one.length === '0') && d.length === 2 } });
  await send('13', 'GET', `${exports_}/batches/${lost.id}/meta`, undefined, { status: 200, body: { data: (d) => ['input_files', 'row_errors'].every((name) => d.some((one) => one.name.includes(name))) } });
  const errors = await send('13', 'GET', `${exports_}/batches/${lost.id}/meta?path=row_errors`, undefined, { status: 200, body: { data: (d) => d.length > 0 && typeof d[0].length === 'string' } });
  const rows = await t.api.get(errors.data[0]._links.self.href);
  t.holds('10', `an error file: ${String(rows.body).slice(0, 300)}`, rows.status === 200 && JSON.stringify(rows.body).includes('_errors'));
  await send('13', 'GET', `${exports_}/batches/${lost.id}/meta?path=input_files`, undefined, { status: 200, body: { data: (d) => d.length === 1 } });
  await send('13', 'GET', `${exports_}/batches/${lost.id}/meta?path=input_files/fileMetaData1.json`, undefined, { status: 200, body: { path: 'rows' } });
  for (const name of ['row_errors_sample.json', 'row_error_samples.json']) await send('13', 'GET', `${exports_}/batches/${lost.id}/meta?path=${name}`, undefined, { status: 200, body: (b) => Array.isArray(b) && b.length === 2 });
  await send('13', 'GET', `${exports_}/batches/${lost.id}/meta?path=..%2F..%2Fkey`, undefined, access(404));
  await send('13', 'GET', `${exports_}/batches/01AAAAAAAAAAAAAAAAAAAAAAAA/meta`, undefined, access(404));

  // 14
  await send('14', 'GET', `${exports_}/datasets/${dataset}/preview`, undefined, { status: 200, body: { data: (d) => d.length > 0 && d.some((row) => row.personalEmail?.address === 'ana@x.org') } });
  await send('14', 'GET', `${exports_}/datasets/ffffffffffffffffffffffff/preview`, undefined, access(404));
  await send('16', 'DELETE', imports, undefined, { status: 405, headers: { allow: /POST/ } });
  await send('19', 'POST', '/collection/batch/x', {}, 404);
  t.holds('3.1', `tenant ${T}`, T !== '');
}
