// A table of requests with the row of a contract each follows, and what must come of it. All rows run; what differs is
// reported together.
import assert from 'node:assert/strict';

const short = (value) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === undefined ? 'nothing' : text.length > 600 ? `${text.slice(0, 600)} ...` : text;
};

/// Why `value` is not like `wanted`, or nothing. Objects may have more members; a function judges; a RegExp matches text.
export function difference(value, wanted, at = '') {
  if (typeof wanted === 'function') return wanted(value) ? undefined : `${at || 'the body'} is ${short(value)}`;
  if (wanted instanceof RegExp) return wanted.test(String(value)) ? undefined : `${at || 'the body'} is ${short(value)}, not ${wanted}`;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length !== wanted.length) return `${at || 'the body'} is ${short(value)}, not ${short(wanted)}`;
    return wanted.map((one, i) => difference(value[i], one, `${at}/${i}`)).find(Boolean);
  }
  if (wanted !== null && typeof wanted === 'object') {
    if (value === null || typeof value !== 'object') return `${at || 'the body'} is ${short(value)}`;
    return Object.entries(wanted).map(([name, one]) => (one === undefined ? (name in value ? `${at}/${name} is there` : undefined) : difference(value[name], one, `${at}/${name}`))).find(Boolean);
  }
  return Object.is(value, wanted) ? undefined : `${at || 'the body'} is ${short(value)}, not ${short(wanted)}`;
}

export class Table {
  /// `watch` sees every request and its answer.
  constructor(api, contract, watch = () => {}) {
    Object.assign(this, { api, contract, watch, rows: 0, failures: [] });
  }

  fail(ref, text) {
    this.failures.push(`${this.contract} ${ref}: ${text}`);
  }

  /// One row. `want`: a status, or {status, body, headers}. Gives the body of the answer.
  async row(ref, method, path, { body, headers, want, api = this.api }) {
    this.rows += 1;
    const wanted = typeof want === 'number' ? { status: want } : want;
    const answer = await api.call(method, path, body, headers);
    await this.watch(method, path, answer);
    const said = `${method} ${path}`;
    if (answer.status !== wanted.status) {
      this.fail(ref, `${said} answers ${answer.status}, not ${wanted.status}: ${short(answer.body)}`);
    } else {
      const differs = 'body' in wanted ? difference(answer.body, wanted.body) : undefined;
      if (differs) this.fail(ref, `${said}: ${differs}`);
      for (const [name, value] of Object.entries(wanted.headers ?? {})) {
        const wrong = difference(answer.headers.get(name), value, name);
        if (wrong) this.fail(ref, `${said}: header ${wrong}`);
      }
    }
    return answer.body;
  }

  /// Something that follows from earlier rows.
  holds(ref, what, truth) {
    this.rows += 1;
    if (!truth) this.fail(ref, what);
  }

  end() {
    console.log(`${this.contract}: ${this.rows} rows, ${this.failures.length} differ`);
    assert.deepEqual(this.failures, []);
  }
}

/// A Problem (most services): `type` ends in the code.
export const problem = (status, code, title) => ({
  status,
  body: { status, type: (type) => code === undefined || String(type).endsWith(code), ...(title && { title }), detail: (detail) => typeof detail === 'string' && detail !== '' },
});
