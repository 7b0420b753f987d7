// Uploads as the world sends them: at the threshold (F13), damaged (F22), as bombs (F23), with paths that climb (F26), cut off.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { connect } from '../lib/api.mjs';
import { batchOf, complete, ended, filePath, flatDataset, ingest, jsonLines, kImports, openBatch, peopleDataset, person, upload } from '../lib/batches.mjs';
import { eventually, startFoz, temporaryFolder } from '../lib/processes.mjs';

let folder, foz, api, people, flat;
before(async () => {
  folder = temporaryFolder();
  foz = await startFoz(folder.path, { env: { FOZ_LOG_LEVEL: 'error', FOZ_INGEST_UPLOAD_BYTES_MAX: String(32 << 20) } });
  api = await connect(folder.path);
  people = await peopleDataset(api);
  flat = await flatDataset(api, 'Flat rows', { a: { type: 'string' }, b: { type: 'integer' } });
});
after(async () => {
  await foz?.stop();
  folder?.remove();
});

const alive = async () => assert.equal((await api.get('/foz/health')).status, 200);
/// Bytes of memory that the server has in use.
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${foz.pid}/status`, 'utf8'))[1]) * 1024;
const filesBelow = (path) => (existsSync(path) ? readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length : 0);

/// A PUT as it stands: fetch would tidy its path, and count its body. Gives the status.
function rawPut(path, length = 2, body = '{}') {
  const { hostname, port } = new URL(foz.url);
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: hostname, port: Number(port) });
    let answer = '';
    socket.on('data', (data) => (answer += data));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)));
    const headers = { ...api.headers(), Host: hostname, 'Content-Type': 'application/octet-stream', 'Content-Length': String(length), Connection: 'close' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`PUT ${path.replaceAll(/[\u0000-\u0020]/g, (c) => encodeURIComponent(c))} HTTP/1.1\r\n${lines}\r\n${body}`);
  });
}

describe('F13: the threshold decides to the row', () => {
  const cases = [
    [1000, 49, 5, 'success'], [1000, 50, 5, 'success'], [1000, 51, 5, 'failed'], [1000, 0, 5, 'success'],
    [1000, 0, 0, 'success'], [1000, 1, 0, 'failed'], [1000, 999, 100, 'success'], [1000, 1000, 100, 'success'], [1000, 1, 0.1, 'success'], [1000, 2, 0.1, 'failed'],
    [3, 1, 33, 'failed'], [3, 1, 34, 'success'], [1, 1, 99, 'failed'], [1, 0, 0, 'success'],
  ];
  for (const [rows, wrong, percent, wanted] of cases) {
    test(`${wrong} of ${rows} at ${percent} %`, async () => {
      const text = jsonLines(Array.from({ length: rows }, (_, n) => (n < wrong ? { _id: `w${n}`, person: { birthYear: 'x' } } : person(n))));
      const { status, recordCount, failedRecordCount, metrics } = await ingest(api, people, { rows: text }, { partialIngestionPercent: percent });
      assert.deepEqual({ status, recordCount, failedRecordCount }, { status: wanted, recordCount: wanted === 'success' ? rows - wrong : 0, failedRecordCount: wrong });
      assert.equal(metrics.inputRecordCount, rows);
    });
  }
  test('an empty batch', async () => {
    const { status, errors } = await ingest(api, people, { rows: '' }, { partialIngestionPercent: 100 });
    assert.equal(status, 'failed');
    assert.equal(errors[0].code, '106');
  });
});

describe('F22: damaged files fail or reject, and never more', () => {
  /// 24 flips and 8 truncations, spread over the bytes.
  const damages = (bytes) => [
    ...Array.from({ length: 24 }, (_, n) => {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(((n + 0.5) / 24) * bytes.length);
      flipped[at] ^= 1 << n % 8;
      return [`bit ${n % 8} of byte ${at}`, flipped];
    }),
    ...Array.from({ length: 8 }, (_, n) => [`cut after ${Math.floor((n / 8) * bytes.length)}`, bytes.subarray(0, Math.floor((n / 8) * bytes.length))]),
  ];
  const rows = Array.from({ length: 200 }, (_, n) => ({ a: `text ${n}, "quoted"`, b: n }));
  const json = Buffer.from(jsonLines(rows));
  const csv = Buffer.from(['a,b', ...rows.map((row) => `"${row.a.replaceAll('"', '""')}",${row.b}`)].join('\n'));

  /// What is promised of every damaged file: an end, an account of every row, nothing visible of a failed one.
  const hold = async (what, batch, read) => {
    assert.ok(['success', 'failed'].includes(batch.status), what);
    if (batch.status === 'failed') assert.ok(batch.errors.length > 0 && batch.errors.every((one) => one.code && one.code !== 'INGEST-1100-500'), `${what}: ${JSON.stringify(batch.errors)}`);
    else assert.equal(batch.metrics.inputRecordCount, batch.recordCount + batch.failedRecordCount, what);
    if (batch.status === 'failed') assert.equal(batch.recordCount ?? 0, 0, what);
    assert.ok((batch.metrics?.inputRecordCount ?? 0) <= read, `${what}: ${JSON.stringify(batch.metrics)}`);
  };
  for (const [form, bytes] of [['json', json], ['csv', csv]]) {
    test(form, async () => {
      for (const [what, damaged] of damages(bytes)) await hold(`${form}, ${what}`, await ingest(api, flat, { file: damaged }, { inputFormat: { format: form }, partialIngestionPercent: 100 }), 2 * rows.length);
      await alive();
    });
  }
  test('parquet', async () => {
    const batch = await ingest(api, flat, { file: json });
    const { body } = await api.get(`/data/foundation/export/files/${batch.id}-1`);
    const bytes = Buffer.from(await api.bytes(body.data[0]._links.self.href));
    const whole = await ingest(api, flat, { file: bytes }, { inputFormat: { format: 'parquet' } });
    assert.deepEqual([whole.status, whole.recordCount], ['success', rows.length]);
    for (const [what, damaged] of damages(bytes)) await hold(`parquet, ${what}`, await ingest(api, flat, { file: damaged }, { inputFormat: { format: 'parquet' }, partialIngestionPercent: 100 }), 2 * rows.length);
    await alive();
  });
});

describe('F23: bombs are put out', () => {
  test('a body that unpacks beyond the limit is refused, nothing of it stays', async () => {
    const bomb = gzipSync(Buffer.alloc(256 << 20), { level: 9 });
    const before = memory();
    const files = filesBelow(join(folder.path, 'uploads'));
    const batch = await openBatch(api, people);
    const { status, body } = await upload(api, batch, people, 'bomb.json', bomb, { 'Content-Encoding': 'gzip' });
    assert.equal(status, 413);
    assert.match(body.detail, /33554432 bytes/);
    assert.ok(memory() - before < 128 << 20, `${memory() - before} more bytes in use`);
    assert.equal(filesBelow(join(folder.path, 'uploads')), files);
    assert.equal((await api.get(`${kImports}/${batch}/datasets/${people}/preview`)).status, 404);
  });
  test('a body that is too large is refused', async () => {
    const batch = await openBatch(api, people);
    assert.equal(await rawPut(filePath(batch, people, 'large.json'), 33 << 20, 'x'), 413);
  });
  for (const [what, bytes] of [['no gzip', Buffer.from('plain')], ['cut gzip', gzipSync('x'.repeat(100000)).subarray(0, 60)], ['gzip of gzip', gzipSync(gzipSync(jsonLines([person(1)])))]]) {
    test(what, async () => {
      const batch = await openBatch(api, people);
      const { status } = await upload(api, batch, people, 'rows.json', bytes, { 'Content-Encoding': 'gzip' });
      if (what !== 'gzip of gzip') return assert.equal(status, 400);
      await complete(api, batch);
      assert.equal((await ended(api, batch)).status, 'failed');  // one layer is unpacked, the rest is no JSON
    });
  }
  test('deep and wide JSON', async () => {
    const { status, recordCount, failedRecordCount } = await ingest(api, people, { rows: jsonLines([`${'['.repeat(100000)}`, `{"a":${'{"a":'.repeat(50000)}1${'}'.repeat(50000)}}`, `{"_id":"${'x'.repeat(2 << 20)}"}`, person(1)]) }, { partialIngestionPercent: 100 });
    assert.deepEqual({ status, recordCount, failedRecordCount }, { status: 'success', recordCount: 1, failedRecordCount: 3 });
    await alive();
  });
});

describe('F26: paths do not climb', () => {
  const climbing = ['..', '../x', '../../key', 'a/../../x', 'a/../../../key', './../x', '.', './', '/', '//', '/etc/passwd', 'a//b', '..%2Fx', '%2e%2e/x', '%2e%2e%2fx', '%2E%2E%2F%2E%2E%2Fkey', '..%252fx', '..%5cx', '..\\x', 'a\\..\\..\\x', 'C:\\x', '%00', 'a%00.json',
    'a/%00', '....//x', '..;/x', '%c0%ae%c0%ae/x', '%ff', '.%2e/x', 'a/..', 'a/../..', '..%2f..%2f..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', '%2f%2fx', 'files/../../foz.db', `${'../'.repeat(40)}etc/passwd`, `${'a/'.repeat(300)}x`, 'x'.repeat(300), 'CON', 'a/./b'];
  const secret = () => readFileSync(join(folder.path, 'signing-key.pem'), 'utf8').slice(0, 40);

  test('uploads stay below their batch', async () => {
    const batch = await openBatch(api, people);
    const outside = () => readdirSync(folder.path).sort().join();
    const before = outside();
    for (const path of climbing) {
      const address = path.includes('%') ? path : path.split('/').map(encodeURIComponent).join('/');
      for (const form of new Set([address, encodeURIComponent(path)])) {
        const response = await rawPut(filePath(batch, people, form));
        assert.ok([200, 400, 404, 405, 414, 307].includes(response), `${form}: ${response}`);
      }
    }
    assert.equal(outside(), before);
    const uploads = join(folder.path, 'uploads');
    for (const entry of readdirSync(uploads, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) assert.ok((entry.parentPath ?? entry.path).includes(batch) || (entry.parentPath ?? entry.path).startsWith(uploads), entry.name);
    }
    assert.ok(!existsSync(join(folder.path, 'x')) && !existsSync(join(uploads, 'x')));
  });

  test('downloads stay below their batch', async () => {
    const batch = await ingest(api, people, { 'rows.json': jsonLines([{ _id: '1', nothing: 1 }]) });
    for (const path of climbing) {
      for (const address of [`/data/foundation/export/batches/${batch.id}/meta?path=`, `/data/foundation/export/batches/${batch.id}/failed?path=`, `/data/foundation/export/files/${batch.id}-1?path=`]) {
        const { status, body } = await api.get(address + (path.includes('%') ? path : encodeURIComponent(path)));
        assert.ok([200, 400, 404].includes(status), `${address}${path}: ${status}`);
        assert.ok(!JSON.stringify(body).includes(secret()) && !String(body).includes('root:'), `${address}${path} gives a file`);
        if (status === 200) assert.ok(Array.isArray(body.data), `${address}${path}: ${JSON.stringify(body).slice(0, 100)}`);
      }
    }
  });

  test('names of sandboxes and batches are none of paths', async () => {
    for (const path of climbing) {
      assert.ok([400, 404].includes((await api.post('/data/foundation/sandbox-management/sandboxes', { name: path, title: 'x', type: 'development' })).status), path);
      assert.ok((await api.post(`/data/foundation/catalog/batches/${encodeURIComponent(path)}`, { datasetId: people })).status < 500, path);
      assert.ok((await api.get(`/data/foundation/catalog/dataSets/${encodeURIComponent(path)}`)).status < 500, path);
    }
    await alive();
  });
});

describe('an upload that is cut off', () => {
  test('leaves nothing, and the batch takes the file again', async () => {
    const batch = await openBatch(api, people);
    const { hostname, port } = new URL(foz.url);
    const socket = connectSocket({ host: hostname, port: Number(port) });
    const headers = Object.entries({ ...api.headers(), Host: hostname, 'Content-Type': 'application/octet-stream', 'Content-Length': '1000000' }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`PUT ${filePath(batch, people, 'rows.json')} HTTP/1.1\r\n${headers}\r\n${'x'.repeat(500000)}`);
    const bodies = () => readdirSync(join(folder.path, 'uploads')).filter((name) => name.startsWith('body-'));
    await eventually(() => bodies().length > 0, 'the body begins to arrive');
    socket.destroy();
    await eventually(() => bodies().length === 0, 'what came of it is gone');
    assert.equal((await api.get(`${kImports}/${batch}/datasets/${people}/preview`)).status, 404);
    await upload(api, batch, people, 'rows.json', jsonLines([person(1)]));
    await complete(api, batch);
    assert.equal((await ended(api, batch)).recordCount, 1);
    assert.equal((await batchOf(api, batch)).status, 'success');
  });
});
