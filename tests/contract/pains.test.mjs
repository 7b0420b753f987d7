// docs/pains.md names tests for all eighteen pains, and every one of them exists.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const rows = readFileSync(join(root, 'docs/pains.md'), 'utf8').split('\n').filter((line) => /^\| \d+ \|/.test(line));

test('all eighteen pains stand there, in order', () => assert.deepEqual(rows.map((row) => Number(row.split('|')[1])), Array.from({ length: 18 }, (_, i) => i + 1)));

for (const row of rows) {
  const [, number, pain, tests] = row.split('|').map((cell) => cell.trim());
  test(`pain ${number}: ${pain}`, () => {
    let file;
    let named = 0;
    for (const part of tests.split(', ')) {
      const path = /^`([^`]+)`/.exec(part)?.[1];
      if (path) {
        assert.ok(existsSync(join(root, path)), `${path} is not there`);
        file = readFileSync(join(root, path), 'utf8');
        if (path.endsWith('.mjs')) ++named;
      }
      const [suite, name] = part.replace(/^`[^`]+`\s*/, '').split('.');
      if (!name || path?.endsWith('.mjs')) continue;
      assert.match(file, new RegExp(`TEST(_[FP])?\\(${suite}, ${name}\\)`), part);
      ++named;
    }
    assert.ok(named > 0, 'no test is named');
  });
}
