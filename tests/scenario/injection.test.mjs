// Texts that would break out of a query stay texts: as names of tables, columns, cursors, data sets and fields, as values of filters and
// of mappings. Nobody's table is touched, and every name comes back as it was sent. Follows: faults F28.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { createConnection, createDataset, createFlow, dynamicsAuth, finishedRun, hubspotAuth, kSpecs, runNow, salesforceAuth } from '../lib/flows.mjs';
import { hostileTexts } from '../lib/hostile_texts.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { eventually, run, startFoz, startSimulator, temporaryFolder } from '../lib/processes.mjs';

const rows = 40;
const vendors = {
  salesforce: { auth: salesforceAuth, table: 'Contact', own: 'Contact', column: 'FirstName', mapped: { _id: 'Id', 'person.name.firstName': 'FirstName' } },
  dynamics: { auth: dynamicsAuth, table: 'contact', own: 'contact', column: 'firstname', mapped: { _id: 'contactid', 'person.name.firstName': 'firstname' } },
  hubspot: { auth: hubspotAuth, table: 'Hubspot.Contacts', own: 'contacts', column: 'Properties_Firstname_Value', property: 'firstname', mapped: { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value' } },
};
const tomorrow = () => ({ startTime: Math.floor(Date.now() / 1000) + 86400, frequency: 'day', interval: 1 });
/// The vendors' own rule for values: blanks around them are not kept everywhere, and a text without any is none.
const isValue = (text) => text.trim() !== '';

describe('hostile texts', () => {
  const folder = temporaryFolder();
  const counted = {};
  const simulators = {};
  let foz, api, canary;
  const count = (what) => (counted[what] = (counted[what] ?? 0) + 1);
  /// Refused or done, never a fault of Foz.
  const answered = (answer, text) => {
    assert.ok(answer.status < 500, `${JSON.stringify(text)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const inTens = async (items, work) => {
    for (let i = 0; i < items.length; i += 10) await Promise.all(items.slice(i, i + 10).map(work));
  };

  before(async () => {
    await Promise.all(Object.keys(vendors).map(async (vendor) => (simulators[vendor] = await startSimulator(vendor, { rows }))));
    foz = await startFoz(folder.path, { allow: Object.values(simulators).map((simulator) => simulator.url) });
    api = await connect(folder.path);
    for (const [vendor, its] of Object.entries(vendors)) its.base = await createConnection(api, vendor, kSpecs[vendor], its.auth(simulators[vendor]));
    canary = await createFlow(api, { name: 'Canary', base: vendors.salesforce.base, table: 'Contact', mappings: vendors.salesforce.mapped });
    const [first] = await api.finishedRuns(canary.flow, 1);
    assert.equal(first.metrics.statusSummary.status, 'success', JSON.stringify(first.metrics));
    canary.rows = await landedRows(api, canary.dataset);
  });
  after(async () => {
    await Promise.all([foz?.stop(), ...Object.values(simulators).map((simulator) => simulator.stop())]);
    folder.remove();
  });

  test('there are enough of them', () => assert.ok(hostileTexts.length >= 200, `${hostileTexts.length}`));

  test('as names of data sets: each comes back as it was, and has a table of its own', async () => {
    const { schema } = canary;
    const ids = new Map();
    await inTens(hostileTexts, async (text) => {
      const made = answered(await api.post('/data/foundation/catalog/dataSets', { name: text, schemaRef: { id: schema } }), text);
      if (made.status >= 400) return count('data sets refused');
      const id = made.body[0].slice(made.body[0].lastIndexOf('/') + 1);
      const { body } = await api.get(`/data/foundation/catalog/dataSets/${id}`);
      assert.equal(body[id].name, text);
      ids.set(text, id);
      count('names of data sets');
    });
    assert.ok(ids.size >= 200, `${ids.size}`);
    await inTens([...ids], async ([text, id]) => {
      const { status, body } = answered(await api.get(`/data/foundation/catalog/dataSets?limit=100&property=name==${encodeURIComponent(text)}`), text);
      if (status !== 200) return count('searches refused');
      for (const [found, dataset] of Object.entries(body)) assert.equal(dataset.name, text, `${found} is not asked for`);
      if (id in body) count('names searched for');
    });
    const { status, body } = await api.post('/foz/v1/query', { sql: 'SHOW TABLES' });
    assert.equal(status, 200, JSON.stringify(body));
    const tables = body.rows.map((row) => row[0]);
    assert.equal(new Set(tables).size, ids.size + 1);
    const shown = await api.post('/foz/v1/query', { sql: 'SELECT count(*) FROM canary' });
    assert.equal(Number(shown.body.rows?.[0][0]), canary.rows.length, JSON.stringify(shown.body));
  });

  test('as names of tables, columns and cursors: stored as sent, and not found', async () => {
    const { base } = vendors.salesforce;
    const stored = async (collection, body, text) => {
      const made = answered(await api.post(api.flow(`/${collection}`), body), text);
      if (made.status >= 400) return null;
      const { body: found } = await api.get(api.flow(`/${collection}/${made.body.id}`));
      return { id: made.body.id, item: found.items[0] };
    };
    const flowOf = (source, transformations) => ({
      name: 'Hostile', flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' }, sourceConnectionIds: [source], targetConnectionIds: [canary.target],
      transformations: [...transformations, { name: 'Mapping', params: { mappingId: canary.mapping } }], scheduleParams: tomorrow(),
    });
    await inTens(hostileTexts, async (text) => {
      const table = await stored('sourceConnections', { name: text, description: text, baseConnectionId: base, params: { tableName: text } }, text);
      if (table) {
        assert.deepEqual([table.item.name, table.item.description, table.item.params.tableName], [text, text, text]);
        const flow = answered(await api.post(api.flow('/flows'), flowOf(table.id, [])), text);
        assert.equal(flow.status, 400, `${JSON.stringify(text)}: ${JSON.stringify(flow.body)}`);
        count('names of tables');
      }
      const columns = await stored('sourceConnections', { name: 'Columns', baseConnectionId: base, params: { tableName: 'Contact', columns: [{ name: 'Id' }, { name: text }] } }, text);
      if (columns) {
        assert.equal(columns.item.params.columns[1].name, text);
        const flow = answered(await api.post(api.flow('/flows'), flowOf(columns.id, [])), text);
        assert.equal(flow.status, 400, `${JSON.stringify(text)}: ${JSON.stringify(flow.body)}`);
        count('names of columns');
      }
      const cursor = answered(await api.post(api.flow('/flows'), flowOf(canary.source, [{ name: 'Copy', params: { deltaColumn: { name: text } } }])), text);
      assert.equal(cursor.status, 400, `${JSON.stringify(text)}: ${JSON.stringify(cursor.body)}`);
      count('names of cursors');
      for (const { base: one } of Object.values(vendors)) {
        const explored = answered(await api.get(api.flow(`/connections/${one}/explore?objectType=table&object=${encodeURIComponent(text)}`)), text);
        assert.ok(explored.status >= 400, `${JSON.stringify(text)} is a table`);
        count('tables explored');
      }
    });
  });

  for (const [vendor, its] of Object.entries(vendors)) {
    test(`as values in a filter on ${vendor}, and as values that land`, async () => {
      const texts = hostileTexts.filter(isValue);
      const { ids } = await simulators[vendor].control('mutate', { op: 'insert', table: its.own, rows: texts.map((text) => ({ [its.property ?? its.column]: text })) });
      const named = new Map(ids.map((id, i) => [String(id), texts[i]]));
      const filterOf = (fnName, value) => ({ type: 'PQL', format: 'pql/json', value: { nodeType: 'fnApply', fnName, params: [{ nodeType: 'fieldLookup', fieldName: its.column }, { nodeType: 'literal', value }] } });

      // A break-out would bring other rows than these, or none.
      const preview = (filter) => api.get(api.flow(`/connections/${its.base}/explore?objectType=table&object=${its.table}&preview=true&filters=${encodeURIComponent(Buffer.from(JSON.stringify(filter)).toString('base64'))}`));
      const chosen = texts.filter((_, i) => i % 3 === 0);
      const lists = Array.from({ length: Math.ceil(chosen.length / 12) }, (_, i) => chosen.slice(12 * i, 12 * i + 12));
      const pushed = vendor !== 'hubspot';  // HubSpot's own filters know no such texts: there they are applied here
      await inTens(pushed ? lists : [], async (list) => {
        const explored = await preview(filterOf('in', list));
        assert.equal(explored.status, 200, JSON.stringify(explored.body));
        assert.deepEqual(explored.body.data.map((row) => row[its.column]).sort(), [...list].sort(), `exactly those of ${JSON.stringify(list)}`);
        count(`lists filtered by on ${vendor}`);
      });
      await inTens(pushed ? texts : [], async (text) => {
        const explored = await preview(filterOf('=', text));
        assert.equal(explored.status, 200, `${JSON.stringify(text)}: ${JSON.stringify(explored.body)}`);
        assert.deepEqual(explored.body.data.map((row) => row[its.column]), [text]);
        count(`filtered by on ${vendor}`);
      });
      const rowsOf = async (name, more) => {
        const made = await createFlow(api, { name, base: its.base, table: its.table, mappings: its.mapped, schedule: tomorrow(), ...more });
        const landed = await finishedRun(api, await runNow(api, made.flow), eventually);
        assert.equal(landed.metrics.statusSummary.status, 'success', JSON.stringify(landed.metrics));
        const { status, body } = await api.post('/foz/v1/query', { sql: `SELECT _id, person.name.firstName FROM ${name}` });
        assert.equal(status, 200, JSON.stringify(body));
        return new Map(body.rows);
      };
      const filtered = await rowsOf(`filtered_${vendor}`, { filters: filterOf('in', chosen) });
      assert.deepEqual([...filtered.values()].sort(), [...chosen].sort());
      for (const _ of chosen) count(`filtered by on ${vendor}`);

      const values = await rowsOf(`values_${vendor}`);
      for (const [id, text] of named) {
        assert.equal(values.get(id), text);
        count(`landed from ${vendor}`);
      }
    });
  }

  test('as texts and paths in mappings', async () => {
    const { schema } = canary;
    const preview = (mappings, data) => api.post('/data/foundation/conversion/mappingSets/preview', { data, mappingSet: { xdmSchema: schema, xdmVersion: '1.0', mappings } });
    const texts = hostileTexts.filter((text) => !text.includes('${') && !/[\n\r\t\u0085\u2028\u2029]/.test(text));
    await inTens(texts, async (text) => {
      const said = answered(await preview([{ sourceType: 'EXPRESSION', source: `concat(${JSON.stringify(text)}, Suffix)`, destination: 'person.name.firstName' }], [{ Suffix: '!' }]), text);
      assert.equal(said.status, 200, `${JSON.stringify(text)}: ${JSON.stringify(said.body)}`);
      assert.equal(said.body[0].data.person?.name.firstName, `${text}!`, JSON.stringify([text, said.body]));
      count('texts in mappings');
      answered(await preview([{ sourceType: 'ATTRIBUTE', source: text, destination: 'person.name.firstName' }], [{ [text]: 'x' }]), text);
      answered(await preview([{ sourceType: 'ATTRIBUTE', source: 'a', destination: text }], [{ a: 'x' }]), text);
      answered(await preview([{ sourceType: 'EXPRESSION', source: text, destination: 'person.name.firstName' }], [{ a: 'x' }]), text);
      answered(await api.post('/data/foundation/conversion/languages/el/validate', { expression: text, sampleData: JSON.stringify({ a: 1 }) }), text);
      count('paths in mappings');
    });
  });

  test('as names of fields: refused, or columns that hold what was mapped to them', async () => {
    const tenant = (await api.get('/data/foundation/schemaregistry/stats')).body.tenantId;
    const taken = [];
    await inTens(hostileTexts, async (text) => {
      const made = answered(await api.post('/data/foundation/schemaregistry/tenant/fieldgroups', {
        title: `Field ${hostileTexts.indexOf(text)}`, type: 'object', 'meta:intendedToExtend': ['https://ns.adobe.com/xdm/context/profile'],
        definitions: { own: { properties: { [`_${tenant}`]: { type: 'object', properties: { [text]: { type: 'string' } } } } } }, allOf: [{ $ref: '#/definitions/own' }],
      }), text);
      count(made.status < 400 ? 'names of fields' : 'names of fields refused');
      if (made.status < 400) taken.push({ text, id: made.body.$id });
    });
    assert.ok(taken.length > 0);
    const { schema, dataset } = await createDataset(api, 'Hostile fields', { allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/profile' }, ...taken.map(({ id }) => ({ $ref: id }))] });
    const flowOf = (texts) => ({ name: 'Fields', base: vendors.salesforce.base, table: 'Account', schema, dataset, schedule: tomorrow(), mappings: { _id: 'Id', ...Object.fromEntries(texts.map((text) => [`_${tenant}.${text}`, 'Name'])) } });
    // Schemas tell null from NULL, tables do not: whoever maps both is told.
    await assert.rejects(createFlow(api, flowOf(['null', 'NULL'])), /CONV-1007-400.*differ in letter case only/);
    const texts = taken.map(({ text }) => text).filter((text, i, all) => all.findIndex((other) => other.toLowerCase() === text.toLowerCase()) === i);
    const made = await createFlow(api, flowOf(texts));
    const landed = await finishedRun(api, await runNow(api, made.flow), eventually);
    assert.equal(landed.metrics.statusSummary.status, 'success', JSON.stringify(landed.metrics));
    const [row] = await landedRows(api, dataset);
    for (const text of texts) {
      assert.ok(row[`_${tenant}`][text], text);
      count('columns landed');
    }
  });

  test('the canary is as it was, and so is the database', async () => {
    const after = await landedRows(api, canary.dataset);
    assert.deepEqual(after, canary.rows);
    const { body } = await api.get(api.flow(`/flows/${canary.flow}`));
    assert.equal(body.items[0].name, 'Canary');
    for (const [vendor, simulator] of Object.entries(simulators)) {
      const journal = await simulator.control('journal');
      const written = journal.entries.filter((call) => /^(PUT|PATCH|DELETE)$/.test(call.method) && !/jobs\/query/.test(call.path));
      assert.deepEqual(written, [], `nothing was written to ${vendor}`);
    }
    await foz.stop();
    const checked = await run('foz', ['check', '--data', folder.path, '--listen', '127.0.0.1:0']);
    assert.doesNotMatch(checked.out, /database.*(damage|corrupt|malformed)/i, checked.out);
    console.log(`${hostileTexts.length} texts: ${Object.entries(counted).map(([what, times]) => `${times} ${what}`).join(', ')}`);
  });
});
