// F12, F13, F39: rows that cannot be read, rows that break the schema in every number around the threshold, values at the edges
// of what their types can hold.
import assert from 'node:assert/strict';
import { connect } from '../lib/api.mjs';
import { createConnection, createFlow, finishedRun, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { createOwnDataset, ingest, rejectedRows } from '../lib/ingest.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const kRows = 1000;
const folder = temporaryFolder();
let salesforce, foz, api, base, own;
let named = 0;

/// What the contract says of `bad` rows among `read` (Flow Service 13.7): equal passes.
function wanted(read, bad, percent) {
  if (bad === 0) return { status: 'success', written: read };
  return bad * 100 <= (percent ?? 0) * read && percent > 0 ? { status: 'partialSuccess', written: read - bad } : { status: 'failed', written: 0 };
}

const kThresholds = [5, 4.9, 5.1, undefined, 0, 100, 99.9];
const kBad = [50, 49, 51, 0, 1, 999, 1000];
const kCases = [...[[50, 5], [49, 5], [51, 5], [0, undefined], [1, undefined], [1000, 100], [1000, 99.9], ['empty', 5]],
  ...kBad.flatMap((bad) => kThresholds.map((percent) => [bad, percent]))];

async function threshold(bad, percent) {
  const empty = bad === 'empty';
  const change = (body) => salesforce.control('mutate', { op: 'update', table: 'Contact', ...body });
  await change({ count: kRows, set: { MailingCountry: 'DE' } });
  if (bad > 0) await change({ from: kRows - bad, count: bad, set: { MailingCountry: 'Atlantis' } });
  const ids = await createFlow(api, {
    name: `Threshold ${++named}`, base, table: 'Contact', mappings: { _id: 'Id', 'homeAddress.countryCode': 'MailingCountry' },
    options: { errorDiagnosticsEnabled: true, ...(percent !== undefined && { partialIngestionPercent: percent }) },
    schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 },
  });
  // An empty window: before the first row was made.
  const run = await finishedRun(api, await runNow(api, ids.flow, empty ? { windowStartTime: 1, windowEndTime: 2, deltaColumn: { name: 'SystemModstamp' } } : undefined), eventually);
  const read = empty ? 0 : kRows;
  const failed = empty ? 0 : bad;
  const { status, written } = wanted(read, failed, percent);
  const what = `${bad} bad of ${read}, threshold ${percent}`;
  assert.equal(run.metrics.statusSummary.status, status, `${what}: ${JSON.stringify(run.metrics)}`);
  const { inputRecordCount, outputRecordCount, failedRecordCount, skippedRecordCount } = run.metrics.recordSummary;
  // Of a run that fails nothing lands: all its rows failed, for the reason of some of them.
  assert.deepEqual([inputRecordCount, failedRecordCount, skippedRecordCount], [read, status === 'failed' ? read : failed, 0], what);
  const promotion = run.activities.find((activity) => activity.name === 'Promotion Activity');
  const broken = (promotion?.statusSummary.extensions.errors ?? []).filter((error) => error.code === 'INGEST-1557-400').map((error) => error.recordCount);
  assert.deepEqual(broken, failed > 0 ? [failed] : [], what);
  const landed = (await landedRows(api, ids.dataset)).map((row) => row._id);
  assert.equal(landed.length, written, `${what}: rows in the Parquet`);
  assert.equal(outputRecordCount, written, what);
  if (status === 'failed') assert.equal(run.metrics.statusSummary.errors[0].code, 'CONNECTOR-2001-500', what);
  return { lost: written - new Set(landed).size, doubled: landed.length - new Set(landed).size };
}

const profile = (id, more) => JSON.stringify({ _id: id, ...more });

/// Lines that are no records, each with the code of its reason.
const kBroken = [
  ['{"_id":"cut","_foz":{"text":"no end', 'INGEST-1401-400'],
  ['not json at all', 'INGEST-1401-400'],
  ['{"_id":"twice" "_foz":{}}', 'INGEST-1401-400'],
  [Buffer.from([...Buffer.from('{"_id":"utf8","_foz":{"text":"'), 0xff, 0xfe, ...Buffer.from('"}}')]), 'INGEST-1401-400'],
  ['[1,2,3]', 'INGEST-14'],
  [profile('type', { _foz: { whole: 'many' } }), 'INGEST-1558-400'],
  [profile('date', { _foz: { day: 'yesterday' } }), 'INGEST-155'],
  [profile('enum', { _foz: { colour: 'infrared' } }), 'INGEST-1557-400'],
];

/// Bad lines scattered among good ones: the good land, each bad one is kept with its reason.
async function quarantine(chance) {
  const { dataset } = await own();
  const good = Array.from({ length: 300 }, (_, i) => [profile(`good-${i}`, { _foz: { text: `row ${i}` } })]);
  const lines = [...good];
  for (const broken of kBroken) lines.splice(Math.floor(chance() * (lines.length + 1)), 0, broken);
  const bytes = Buffer.concat(lines.flatMap(([line]) => [Buffer.from(line), Buffer.from('\n')]));
  const batch = await ingest(api, dataset, bytes);
  assert.equal(batch.status, 'success', JSON.stringify(batch));
  assert.equal(batch.failedRecordCount, kBroken.length, JSON.stringify(batch));
  const rejected = await rejectedRows(api, batch.id);
  assert.equal(rejected.length, kBroken.length, 'every bad row is kept');
  const codes = rejected.map((row) => row._errors[0].code).sort();
  for (const row of rejected) assert.ok(row._errors[0].message && row._filename, `a reason and a place: ${JSON.stringify(row)}`);
  for (const [, code] of [...kBroken].sort((a, b) => b[1].length - a[1].length)) {
    const at = codes.findIndex((one) => one.startsWith(code));
    assert.ok(at >= 0, `no row was rejected with ${code}: ${codes}`);
    codes.splice(at, 1);
  }
  // What came is kept as it came.
  assert.ok(rejected.some((row) => JSON.stringify(row).includes('no end')), JSON.stringify(rejected));
  const landed = (await landedRows(api, dataset)).map((row) => row._id);
  return { lost: good.length - new Set(landed).size, doubled: landed.length - new Set(landed).size };
}

/// Fields of a data set of every type.
const kFields = {
  text: { type: 'string' }, number: { type: 'number' }, whole: { type: 'integer', 'meta:xdmType': 'int' }, long: { type: 'integer', 'meta:xdmType': 'long' }, flag: { type: 'boolean' },
  day: { type: 'string', format: 'date' }, moment: { type: 'string', format: 'date-time' }, colour: { type: 'string', enum: ['red', 'green'] },
};
const plain = (value) => (value === null ? undefined : typeof value === 'bigint' ? value.toString() : value instanceof Date ? value.toISOString() : value);

/// [field, the value's JSON text, what a reader finds; REJECTED: kept as a rejected row with a reason].
const REJECTED = Symbol('rejected');
const kValues = [
  ['text', '"😀👩‍👩‍👧"', '😀👩‍👩‍👧'], ['text', '""', ''], ['text', 'null', undefined], ['text', undefined, undefined],
  ['text', `"${'ä'.repeat(100_000)}"`, 'ä'.repeat(100_000)], ['text', '"line\\nline\\ttab \\"quoted\\" \\\\"', 'line\nline\ttab "quoted" \\'],
  ['number', '1e308', 1e308], ['number', '-1.7976931348623157e308', -1.7976931348623157e308], ['number', '5e-324', 5e-324], ['number', '0.1', 0.1],
  ['number', '-0.0', -0], ['number', '1e309', REJECTED], ['number', 'NaN', REJECTED], ['number', '"NaN"', REJECTED], ['number', 'Infinity', REJECTED],
  ['number', '99999999999999999999.999999999999999999', 1e20],
  ['whole', '2147483647', 2147483647], ['whole', '-2147483648', -2147483648], ['whole', '2147483648', REJECTED], ['whole', '1.5', REJECTED],
  // XDM's long ends where a double is exact.
  ['long', '9007199254740991', '9007199254740991'], ['long', '-9007199254740991', '-9007199254740991'], ['long', '9007199254740992', REJECTED], ['long', '9223372036854775808', REJECTED],
  ['flag', 'true', true], ['flag', '"maybe"', REJECTED],
  ['day', '"0001-01-01"', '0001-01-01T00:00:00.000Z'], ['day', '"9999-12-31"', '9999-12-31T00:00:00.000Z'], ['day', '"2024-02-29"', '2024-02-29T00:00:00.000Z'], ['day', '"2023-02-29"', REJECTED],
  ['moment', '"0001-01-01T00:00:00Z"', '0001-01-01T00:00:00.000Z'], ['moment', '"9999-12-31T23:59:59.999Z"', '9999-12-31T23:59:59.999Z'],
  ['moment', '"2024-03-31T02:30:00+02:00"', '2024-03-31T00:30:00.000Z'], ['moment', '"2016-12-31T23:59:60Z"', REJECTED], ['moment', '"2024-01-01T25:00:00Z"', REJECTED],
  ['text', '"\\ud800"', [REJECTED, '\ufffd']], ['text', '"a\\u0000b"', [REJECTED, 'ab', 'a\0b']],
];

/// Every value in a row of its own: found as it was given, or rejected with a reason.
async function values() {
  const { dataset } = await own();
  const lines = kValues.map(([field, text], i) => `{"_id":"v${i}"${text === undefined ? '' : `,"_foz":{"${field}":${text}}`}}`);
  const batch = await ingest(api, dataset, `${lines.join('\n')}\n`);
  const landed = new Map((await landedRows(api, dataset)).map((row) => [row._id, row]));
  const rejected = await rejectedRows(api, batch.id);
  const reasons = rejected.filter((row) => row._errors?.[0]?.message);
  assert.equal(reasons.length, kValues.length - landed.size, `landed or rejected with a reason: ${JSON.stringify(batch)}`);
  kValues.forEach(([field, text, value], i) => {
    const accepted = [value].flat();
    const row = landed.get(`v${i}`);
    const name = `${field} ${String(text).slice(0, 40)}`;
    if (row === undefined) return assert.ok(accepted.includes(REJECTED), `${name} was rejected: ${JSON.stringify(rejected.find((one) => JSON.stringify(one).includes(`v${i}\"`)))?.slice(0, 400)}`);
    const found = plain(row._foz?.[field] ?? null);
    assert.ok(accepted.some((one) => one !== REJECTED && Object.is(one, found)), `${name}: found ${typeof found} ${String(found).slice(0, 60)}`);
  });
  return { lost: 0, doubled: 0 };
}

const pad = (number, width) => String(number).padStart(width, '0');
const below = (chance, count) => Math.floor(chance() * count);
const isDate = (year, month, day) => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/// Value generators by field: [JSON text, what a reader finds].
const kDrawn = {
  number(chance) {
    if (chance() < 0.3) {
      const text = `${chance() < 0.5 ? '-' : ''}${below(chance, 1e6)}.${pad(below(chance, 1e9), 9)}${pad(below(chance, 1e9), 9)}e${below(chance, 640) - 320}`;
      return [text, Number.isFinite(Number(text)) ? Number(text) : REJECTED];
    }
    const bits = new DataView(new ArrayBuffer(8));
    for (const at of [0, 4]) bits.setUint32(at, below(chance, 2 ** 32));
    const value = bits.getFloat64(0);
    return Number.isFinite(value) ? [Object.is(value, -0) ? '-0.0' : String(value), value] : ['null', undefined];
  },
  whole(chance) {
    const value = below(chance, 2 ** 33) - 2 ** 32;
    return [String(value), Math.abs(value + 0.5) < 2 ** 31 ? value : REJECTED];
  },
  long(chance) {
    const value = (BigInt(below(chance, 2 ** 27)) * 2n ** 27n + BigInt(below(chance, 2 ** 27))) * (chance() < 0.5 ? -1n : 1n);
    return [String(value), value >= -9007199254740991n && value <= 9007199254740991n ? String(value) : REJECTED];
  },
  day(chance) {
    const [year, month, day] = [1 + below(chance, 9999), 1 + below(chance, 12), 1 + below(chance, 31)];
    const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
    return [`"${text}"`, isDate(year, month, day) ? `${text}T00:00:00.000Z` : REJECTED];
  },
  moment(chance) {
    const [year, month, day] = [2 + below(chance, 9997), 1 + below(chance, 12), 1 + below(chance, 31)];
    const [hour, minute, second, ms] = [below(chance, 24), below(chance, 60), below(chance, 60), below(chance, 1000)];
    const offset = below(chance, 27 * 4) * 15 - 12 * 60;
    const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60), 2)}:${pad(Math.abs(offset) % 60, 2)}`;
    const text = `"${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(ms, 3)}${zone}"`;
    if (!isDate(year, month, day)) return [text, REJECTED];
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute - offset, second, ms);
    return [text, date.toISOString()];
  },
  text(chance) {
    let value = '';
    for (let left = below(chance, 40); left > 0; --left) {
      const point = 1 + below(chance, chance() < 0.5 ? 0x7f : 0x10ffff);
      if (point < 0xd800 || point > 0xdfff) value += String.fromCodePoint(point);
    }
    return [JSON.stringify(value), value];
  },
  colour(chance) {
    const value = ['red', 'green', 'Red', ''][below(chance, 4)];
    return [JSON.stringify(value), ['red', 'green'].includes(value) ? value : REJECTED];
  },
  flag: (chance) => (chance() < 0.5 ? ['true', true] : ['false', false]),
};

/// Values by chance, each in a row of its own: found as given, or rejected with a reason.
async function drawnValues(count, chance) {
  const { dataset } = await own();
  const fields = Object.keys(kDrawn);
  const drawn = Array.from({ length: count }, () => {
    const field = fields[below(chance, fields.length)];
    return [field, ...kDrawn[field](chance)];
  });
  const batch = await ingest(api, dataset, `${drawn.map(([field, text], i) => `{"_id":"d${i}","_foz":{"${field}":${text}}}`).join('\n')}\n`);
  const landed = (await landedRows(api, dataset)).map((row) => [row._id, row]);
  const byId = new Map(landed);
  const rejected = (await rejectedRows(api, batch.id)).filter((row) => row._errors?.[0]?.message);
  assert.equal(rejected.length, count - byId.size, `landed or rejected with a reason: ${JSON.stringify(batch)}`);
  let lost = 0;
  drawn.forEach(([field, text, value], i) => {
    const row = byId.get(`d${i}`);
    if (value === REJECTED) return assert.equal(row, undefined, `${field} ${text} landed as ${plain(row?._foz?.[field])}`);
    if (row === undefined) return ++lost, console.error(`${field} ${text} was rejected`);
    const found = plain(row._foz?.[field] ?? null);
    assert.ok(Object.is(found, value) || String(found) === String(value), `${field} ${text}: found ${found}`);
  });
  return { lost, doubled: landed.length - byId.size };
}

/// A text of 16 MB, longer than a record may be by default: rejected with its reason, the row beside it lands.
async function hugeText() {
  const { dataset } = await own();
  const batch = await ingest(api, dataset, `{"_id":"huge","_foz":{"text":"${'x'.repeat(16 << 20)}"}}\n${profile('small')}\n`);
  const landed = (await landedRows(api, dataset)).map((row) => row._id);
  assert.deepEqual(landed, ['small'], JSON.stringify(batch));
  assert.equal(batch.failedRecordCount, 1);
  return { lost: 0, doubled: 0 };
}

/// Texts of a source: what the vendor sends is what lands; NUL is taken out (Sources 1.5), all else stays.
async function sourceTexts() {
  const texts = ['😀 \u{1F468}\u200D\u{1F469}', 'tab\tnew\nline "quoted", comma', 'a\u0000b', '\u202Eright to left', 'x'.repeat(30_000), ''];
  const { ids } = await salesforce.control('mutate', { op: 'insert', table: 'Account', rows: texts.map((Name, i) => ({ Name, Phone: `n-${i}` })) });
  const flow = await createFlow(api, {
    name: `Texts ${++named}`, base, table: 'Account', mappings: { _id: 'Id', 'person.name.fullName': 'Name' },
    schedule: { startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 },
  });
  const run = await finishedRun(api, await runNow(api, flow.flow), eventually);
  assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
  const landed = new Map((await landedRows(api, flow.dataset)).map((row) => [row._id, row.person?.name?.fullName]));
  texts.forEach((text, i) => {
    const found = landed.get(ids[i]) ?? '';
    assert.equal(found, text.replaceAll('\u0000', ''), `text ${i}`);
  });
  return { lost: run.metrics.recordSummary.outputRecordCount - landed.size, doubled: 0 };
}

export const rows = {
  about: 'rows and values',
  async open() {
    salesforce = await startSimulator('salesforce', { rows: kRows });
    foz = await startFoz(folder.path, { allow: [salesforce.url] });
    api = await connect(folder.path);
    base = await createConnection(api, 'Account', kSpecs.salesforce, salesforceAuth(salesforce));
    own = () => createOwnDataset(api, `Values ${++named}`, kFields);
  },
  async close() {
    await Promise.all([foz?.stop(), salesforce?.stop()]);
    folder.remove();
  },
  faults: [
    { id: 'F12', what: 'bad records among good ones: the good land, the bad are kept with their reasons', ci: 1, full: 20, run: (i, chance) => quarantine(chance) },
    { id: 'F13', what: 'bad rows below, at and above the threshold', ci: 8, full: kCases.length, run: (i) => threshold(...kCases[i % kCases.length]) },
    { id: 'F39', what: 'values at the edges of their types, uploaded', ci: 1, full: 1, run: values },
    { id: 'F39', what: 'values by chance, uploaded', ci: 1, full: 0, run: (i, chance) => drawnValues(2000, chance) },
    { id: 'F39', what: 'values by chance, uploaded, 10,000 at once', ci: 0, full: 10, run: (i, chance) => drawnValues(10_000, chance) },
    { id: 'F39', what: 'a text of 16 MB', ci: 1, full: 1, run: hugeText },
    { id: 'F39', what: 'texts from a source', ci: 1, full: 1, run: sourceTexts },
  ],
};
