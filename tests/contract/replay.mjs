// Replays the requests of a fixture: fills in what earlier answers gave, checks status and shape, keeps what comes next.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export const loadFixture = (name) => JSON.parse(readFileSync(new URL(`./${name}.fixture.json`, import.meta.url), 'utf8'));

/// `text` with everything that the page printed replaced by what this run has; {{name}} is a variable.
export function filled(text, fixture, variables) {
  // Longer texts first: an id may be part of a longer one.
  const printed = Object.entries(fixture.fill).sort(([a], [b]) => b.length - a.length);
  for (const [from, to] of printed) {
    const name = /^{{(\w+)}}$/.exec(to)[1];
    if (text.includes(from)) assert.ok(variables[name] !== undefined, `${name} is not known yet`);
    text = text.replaceAll(from, variables[name]);
  }
  return text;
}

const kinds = {
  uuid: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  string: (value) => typeof value === 'string' && value.length > 0,
  number: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value) && value.length > 0,
};

export function checkShape(answer, expect, name) {
  assert.equal(answer.status, expect.status, `${name}: ${JSON.stringify(answer.body)}`);
  if (expect.array !== undefined) assert.equal(answer.body.length, expect.array, name);
  for (const [member, kind] of Object.entries(expect.members ?? {})) {
    const value = answer.body[member];
    if (typeof kind === 'string' && kinds[kind]) assert.ok(kinds[kind](value), `${name}: ${member} is ${JSON.stringify(value)}`);
    else assert.deepEqual(value, kind, `${name}: ${member}`);
  }
}

function saved(body, pointer) {
  let value = body;
  for (const step of pointer.split('/').slice(1)) value = value[step];
  // Catalog answers references: @/dataSets/{id}.
  return typeof value === 'string' && value.startsWith('@/') ? value.slice(value.lastIndexOf('/') + 1) : value;
}

const withToken = (headers) => (headers.some((header) => header.startsWith('Authorization')) ? headers : ['Authorization: Bearer {ACCESS_TOKEN}', ...headers]);

/// Sends one request of a fixture with plain fetch. `literal`: as printed, nothing repaired and no token added.
export async function send(request, fixture, variables, { literal = false } = {}) {
  let body = request.body === undefined ? undefined : typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  if (!literal) for (const [from, to] of Object.entries(request.repair ?? {})) {
    assert.ok(body.includes(from), `${request.name}: what is to be repaired is not there`);
    body = body.replace(from, to);
  }
  const adding = !literal && request.method === 'POST';
  const headers = {};
  for (const line of adding ? withToken(request.headers) : request.headers) {
    const [name, ...value] = line.split(':');
    headers[name] = filled(value.join(':').trim(), fixture, variables);
  }
  const init = { method: request.method, headers };
  if (body !== undefined) init.body = filled(body, fixture, variables);
  const response = await fetch(filled(request.url, fixture, variables), init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

/// All requests in the printed order. `variables` gains what the answers give.
export async function replay(fixture, variables, on = () => {}) {
  for (const request of fixture.requests) {
    const answer = await send(request, fixture, variables);
    checkShape(answer, request.expect, request.name);
    for (const [name, pointer] of Object.entries(request.save ?? {})) variables[name] = saved(answer.body, pointer);
    on(request, answer);
  }
  return variables;
}
