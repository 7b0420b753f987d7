// One client's session with one simulator: checks with names, and rows compared value by value.

export class Session {
  constructor(client, simulator) {
    this.client = client;
    this.simulator = simulator;
    this.passed = this.failed = this.rows = this.differences = this.calls = 0;
  }

  check(name, good, seen) {
    good ? this.passed++ : this.failed++;
    console.log(`  ${good ? 'ok  ' : 'FAIL'} ${name}${good ? '' : `: ${JSON.stringify(seen)?.slice(0, 400)}`}`);
  }

  /// A step that may throw: then it counts as failed, and the session goes on.
  async step(name, work) {
    try {
      await work();
    } catch (error) {
      this.check(name, false, `${error.name}: ${error.message} ${JSON.stringify(error.body ?? '')}`);
    }
  }

  /// Two readings of the same rows: each a Map from key to an object of the same columns.
  compare(name, wanted, got) {
    const different = [];
    for (const [key, row] of wanted) {
      const other = got.get(key);
      if (!other) different.push([key, 'missing']);
      for (const column of Object.keys(row)) {
        if (other && row[column] !== other[column]) different.push([key, column, row[column], other[column]]);
      }
    }
    for (const key of got.keys()) if (!wanted.has(key)) different.push([key, 'too many']);
    this.rows += wanted.size;
    this.differences += different.length;
    this.check(`${name}: ${wanted.size} rows, ${different.length} differences`, wanted.size > 0 && different.length === 0, different.slice(0, 5));
  }
}

export const keyed = (rows, key, columns) => new Map(rows.map((row) => [String(row[key]), Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))]));

/// RFC 4180, as far as the simulators write it: every value quoted.
export function parseCsv(text) {
  const rows = [];
  let row = [], at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] !== '"') throw new Error(`an unquoted value at ${at}`);
    for (at++; ; at++) {
      if (text[at] === '"' && text[at + 1] !== '"') break;
      if (text[at] === '"') at++;
      value += text[at];
    }
    row.push(value);
    at++;
    if (text[at] === ',') at++;
    else {
      if (text[at] === '\r') at++;
      at++;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
