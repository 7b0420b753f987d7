// A caller of the APIs, as any script would be: credentials file, token, headers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './processes.mjs';

export async function connect(data) {
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'));
  const answer = await fetch(`${credentials.imsEndpoint}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: credentials.clientId, client_secret: credentials.clientSecret, scope: 'openid' }),
  });
  const { access_token: token } = await answer.json();
  return new Api(credentials, token);
}

export class Api {
  constructor(credentials, token, sandbox = credentials.sandbox) {
    this.credentials = credentials;
    this.token = token;
    this.sandbox = sandbox;
  }

  in(sandbox) {
    return new Api(this.credentials, this.token, sandbox);
  }

  headers(more = {}) {
    return {
      Authorization: `Bearer ${this.token}`,
      'x-api-key': this.credentials.clientId,
      'x-gw-ims-org-id': this.credentials.orgId,
      'x-sandbox-name': this.sandbox,
      ...more,
    };
  }

  /// {status, headers, body} of any call; the body parsed where it is JSON.
  async call(method, path, body, more = {}) {
    const url = path.startsWith('http') ? path : `${this.credentials.endpoint}${path}`;
    const headers = this.headers(more);
    const init = { method, headers };
    if (body !== undefined) {
      init.body = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      headers['Content-Type'] ??= 'application/json';
    }
    const response = await fetch(url, init);
    const text = await response.text();
    let parsed = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // not JSON: left as text
    }
    return { status: response.status, headers: response.headers, body: parsed };
  }

  get = (path, more) => this.call('GET', path, undefined, more);
  post = (path, body, more) => this.call('POST', path, body, more);
  patch = (path, body, more) => this.call('PATCH', path, body, more);
  delete = (path) => this.call('DELETE', path);

  async bytes(url) {
    const response = await fetch(url.startsWith('http') ? url : `${this.credentials.endpoint}${url}`, { headers: this.headers() });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response.arrayBuffer();
  }

  flow = (path) => `/data/foundation/flowservice${path}`;

  async runs(flowId) {
    const { body } = await this.get(this.flow(`/runs?property=flowId==${flowId}&orderby=createdAt&limit=1000`));
    return body.items;
  }

  /// Waits until the flow has `count` finished runs and gives them, oldest first.
  async finishedRuns(flowId, count, timeoutMs = 60000, everyMs = 50) {
    const done = (run) => ['success', 'partialSuccess', 'failed'].includes(run.metrics.statusSummary.status);
    return eventually(
      async () => {
        const runs = (await this.runs(flowId)).filter(done);
        return runs.length >= count && runs;
      },
      `${count} finished runs of flow ${flowId}`,
      timeoutMs,
      everyMs,
    );
  }
}
