// A server killed while it ingests an uploaded batch, and another one on the same data. The points: docs/crash-points.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { connect } from '../lib/api.mjs';
import { complete, ended, jsonLines, openBatch, peopleDataset, person, upload } from '../lib/batches.mjs';
import { landedRows } from '../lib/parquet.mjs';
import { startFoz, temporaryFolder } from '../lib/processes.mjs';

const kRows = 3000;
const points = [...readFileSync(new URL('../../docs/crash-points.md', import.meta.url), 'utf8').split('## Uploaded batches')[1].matchAll(/^\| [^|]+ \| `([a-z_.]+)` \|/gm)].map(([, name]) => name);

describe('a batch survives a crash', () => {
  test('the table has all points', () => assert.equal(points.length, 10));

  for (const point of points) {
    test(`at ${point}`, async () => {
      const folder = temporaryFolder();
      let foz = await startFoz(folder.path, { env: { FOZ_CRASH_AT: point } });
      try {
        let api = await connect(folder.path);
        const dataset = await peopleDataset(api);
        const batch = await openBatch(api, dataset);
        await upload(api, batch, dataset, 'a.json', jsonLines(Array.from({ length: kRows }, (_, n) => person(n))));
        await upload(api, batch, dataset, 'b.json', jsonLines([person(kRows)]));
        await complete(api, batch).catch(() => undefined);  // the server may die before it answers
        assert.equal((await foz.exited).signal, 'SIGKILL');
        foz = await startFoz(folder.path);
        api = await connect(folder.path);
        const { status, recordCount, errors } = await ended(api, batch);
        assert.deepEqual({ status, recordCount, errors }, { status: 'success', recordCount: kRows + 1, errors: [] });
        const ids = (await landedRows(api, dataset)).map((row) => row._id);
        assert.equal(ids.length, kRows + 1, 'no row is doubled');
        assert.equal(new Set(ids).size, kRows + 1, 'no row is lost');
      } finally {
        await foz.stop('SIGKILL');
        folder.remove();
      }
    });
  }
});
