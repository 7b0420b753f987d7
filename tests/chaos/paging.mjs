// F14: tables that change under their reader, run after run: rows that move while they are paged through, that show late, that share a
// stamp across a page border, that come and go. The newest version of every row lands, and none twice.
import assert from 'node:assert/strict';
import { landedRows } from '../lib/parquet.mjs';
import { pause } from '../lib/processes.mjs';
import { openRig } from '../lib/runs.mjs';
import { hubspotSource, salesforceSource } from '../lib/sources.mjs';

const kKinds = {
  hubspot: {
    open: hubspotSource, table: 'contacts', token: 'lastname', pages: '/crm/*',
    mappings: { _id: 'Vid', 'person.name.lastName': 'Properties_Lastname_Value' },
  },
  salesforce: {
    open: salesforceSource, table: 'Contact', token: 'LastName', pages: '/services/data/*',
    mappings: { _id: 'Id', 'person.name.lastName': 'LastName' },
  },
};
/// The cap of a vendor's search: more rows than that share a window now and then.
const kSearchCap = 10_000;
/// How late a row may show. Windows that end now look back further: long enough, and not over most of the test, for each run reads again
/// what changed within that time, at the pace that the vendor allows.
const kLateSeconds = 6, kOverlapSeconds = 60;

/// The rows of a vendor's table as they were last written by the test.
class Rows {
  constructor(simulator, kind, keys, chance) {
    Object.assign(this, { simulator, kind, chance, versions: 0 });
    this.rows = new Map(keys.map((key) => [key, { token: undefined, at: 0, gone: false }]));
  }

  mutate(body) {
    return this.simulator.control('mutate', { table: this.kind.table, ...body });
  }

  /// Keys of `count` rows that were not written in the last two seconds: within one, some vendors stamp two versions alike.
  pick(count) {
    const keys = [...this.rows.keys()];
    const picked = new Set();
    for (let tries = 0; picked.size < count && tries < count * 3; ++tries) {
      const key = keys[Math.floor(this.chance() * keys.length)];
      const row = this.rows.get(key);
      if (!row.gone && Date.now() - row.at > 2000) picked.add(key);
    }
    return [...picked];
  }

  /// One write to many rows: they share their stamp.
  async update(count, lateSeconds = 0) {
    const picked = this.pick(count);
    for (let i = 0; i < picked.length; i += 1000) {
      const ids = picked.slice(i, i + 1000);
      const token = `v${++this.versions}`;
      const done = await this.mutate({ op: 'update', ids, set: { [this.kind.token]: token }, visibleAfterSeconds: lateSeconds });
      assert.equal(done.changed, ids.length);
      for (const id of ids) Object.assign(this.rows.get(id), { token, at: Date.now() });
    }
  }

  async insert(count, lateSeconds = 0) {
    const token = `v${++this.versions}`;
    const { ids } = await this.mutate({ op: 'insert', count, set: { [this.kind.token]: token }, visibleAfterSeconds: lateSeconds });
    for (const id of ids) this.rows.set(id, { token, at: Date.now(), gone: false });
  }

  async remove(count) {
    const ids = this.pick(count);
    if (ids.length === 0) return;
    await this.mutate({ op: 'delete', ids });
    for (const id of ids) Object.assign(this.rows.get(id), { at: Date.now(), gone: true });
  }

  /// A little of everything.
  async stir() {
    const late = this.chance() < 0.3 ? 1 + Math.floor(this.chance() * (kLateSeconds - 1)) : 0;
    const what = this.chance();
    if (what < 0.2) await this.insert(1 + Math.floor(this.chance() * 20), late);
    else if (what < 0.35) await this.remove(1 + Math.floor(this.chance() * 10));
    else if (what < 0.45) await this.update(1000, late);
    else await this.update(1 + Math.floor(this.chance() * 150), late);
  }
}

/// What of the last versions is missing, and what landed twice.
function compare(rows, landed) {
  const seen = new Map();
  for (const row of landed) {
    const version = `${row._id}/${row.person?.name?.lastName}`;
    seen.set(version, (seen.get(version) ?? 0) + 1);
  }
  const keys = new Set(landed.map((row) => row._id));
  let lost = 0, doubled = 0;
  for (const [key, { token, gone }] of rows) {
    if (!gone && (token === undefined ? !keys.has(key) : !seen.has(`${key}/${token}`))) ++lost;
  }
  for (const count of seen.values()) doubled += count - 1;
  return { lost, doubled };
}

async function changes(name, count, runs, chance) {
  const kind = kKinds[name];
  const source = await kind.open(count);
  const rig = await openRig(source, { env: { FOZ_LOG_LEVEL: 'warning' } });
  try {
    const ids = await rig.flow({ mappings: kind.mappings, options: { overlapSeconds: kOverlapSeconds } });
    const once = async () => {
      const id = await rig.begin(ids);
      const run = await rig.end(id);
      assert.equal(run.metrics.statusSummary.status, 'success', JSON.stringify(run.metrics));
    };
    await once();
    const rows = new Rows(source.simulator, kind, (await landedRows(rig.api, ids.dataset)).map((row) => row._id), chance);
    assert.equal(rows.rows.size, count, 'the first run reads everything');
    await rig.faults([{ kind: 'latency', path: kind.pages, latencyMs: 15 }]);
    for (let i = 0; i < runs; ++i) {
      for (let stirs = Math.floor(chance() * 4); stirs >= 0; --stirs) await rows.stir();
      if (count > kSearchCap && i % 20 === 10) await rows.update(kSearchCap + 1500);
      // And on, while the run pages through.
      const run = once();
      for (let stirs = Math.floor(chance() * 4); stirs > 0; --stirs) {
        await pause(chance() * 100);
        await rows.stir();
      }
      await run;
    }
    await rig.calm();
    await pause(kLateSeconds * 1000);
    await once();
    return compare(rows.rows, await landedRows(rig.api, ids.dataset));
  } finally {
    await rig.close();
    await source.simulator.stop();
  }
}

export const paging = {
  about: 'a table that changes under its reader',
  open: async () => {},
  close: async () => {},
  faults: [
    // A hundred runs each at full size.
    ...Object.keys(kKinds).flatMap((name) => [
      { id: 'F14', what: `incremental runs over ${name} rows that change`, ci: 1, full: 0, run: (i, chance) => changes(name, 3000, 5, chance) },
      { id: 'F14', what: `incremental runs over 100,000 ${name} rows that change`, ci: 0, full: 1, run: (i, chance) => changes(name, 100_000, 100, chance) },
    ]),
  ],
};
