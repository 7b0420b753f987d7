// Answers held against OpenAPI descriptions: Foz's own, and the published ones of the platform.
import Ajv from 'ajv';

/// Descriptions are JSON Schema but for `nullable` and words that only speak.
function compiled(ajv, schema, document) {
  const plain = (node) => {
    if (Array.isArray(node)) return node.map(plain);
    if (node === null || typeof node !== 'object') return node;
    const { nullable, example, examples, discriminator, xml, externalDocs, readOnly, format, ...rest } = node;
    const out = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('x-')).map(([name, inner]) => [name, plain(inner)]));
    return nullable && out.type ? { ...out, type: [out.type, 'null'] } : out;
  };
  return ajv.compile({ ...plain(schema), components: plain(document.components ?? {}), definitions: plain(document.definitions ?? {}) });
}

/// A path of a description; a variable at its end may take several steps.
const pattern = (path, last) => new RegExp(`^${path.replace(/\/$/, '').replace(/[.$+?()]/g, '\\$&').replace(/{[^}]+}$/, last).replace(/{[^}]+}/g, '([^/]+)')}/?$`);

export class Description {
  /// `base`: what stands before its paths.
  constructor(document, base = '') {
    this.document = document;
    this.ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
    this.cache = new Map();
    this.seen = new Set();
    this.operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).filter(([, operation]) => operation?.responses).map(([verb, operation]) => ({
        verb: verb.toUpperCase(), path, operation, name: `${verb.toUpperCase()} ${path}`, variables: path.split('{').length,
        exact: pattern(base + path, '([^/]+)'), wide: pattern(base + path, '(.+)'),
      })));
    this.operations.sort((a, b) => a.variables - b.variables);  // fixed steps win over variables
  }

  find(method, path) {
    const plain = path.split('?')[0].replace(/^https?:\/\/[^/]+/, '');
    const fits = (how) => this.operations.find((one) => one.verb === method && one[how].test(plain));
    return fits('exact') ?? fits('wide');
  }

  /// The schema of an answer; undefined when the status is not described, null when it has none.
  schemaOf({ operation }, status, type) {
    let response = operation.responses[status];
    if (response?.$ref) response = response.$ref.split('/').slice(1).reduce((node, step) => node[step], this.document);
    if (!response) return undefined;
    if (response.schema) return response.schema;  // version 2
    const content = response.content ?? {};
    const wanted = Object.keys(content).find((name) => name.split(';')[0] === type.split(';')[0]) ?? Object.keys(content).find((name) => name === 'application/json');
    return content[wanted]?.schema ?? null;
  }

  /// What is wrong with an answer: texts, none when it is as described. Undefined: the operation is not described.
  wrong(method, path, answer) {
    const found = this.find(method, path);
    if (!found) return undefined;
    const type = answer.headers.get('content-type') ?? '';
    const schema = this.schemaOf(found, answer.status, type);
    if (schema === undefined) return [`${found.name} answers ${answer.status}, which is not described`];
    if (answer.status < 300) this.seen.add(found.name);
    if (schema === null || answer.body === '' || !type.includes('json')) return [];
    const key = `${found.name} ${answer.status} ${type}`;
    if (!this.cache.has(key)) this.cache.set(key, compiled(this.ajv, schema, this.document));
    const check = this.cache.get(key);
    return check(answer.body) ? [] : check.errors.map((one) => `${found.name} ${answer.status}: ${one.instancePath.replace(/[0-9A-Za-z]{24,}/g, '*').replace(/\/\d+/g, '/n')} ${one.message}`);
  }
}

/// Sees every answer: `wrong` gathers what is not as described, by text; `missing` operations that are not described at all.
export function watcher(...descriptions) {
  const watch = async (method, path, answer) => {
    for (const { description, wrong, missing } of watch.kept) {
      const texts = description.wrong(method, path, answer);
      if (texts === undefined) missing.add(`${method} ${path.split('?')[0]}`);
      for (const text of texts ?? []) wrong.set(text, (wrong.get(text) ?? 0) + 1);
    }
  };
  watch.kept = descriptions.map((description) => ({ description, wrong: new Map(), missing: new Set() }));
  return watch;
}
