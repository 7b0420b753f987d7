// What the two pages ask for before their first request: an account, an ad hoc schema, a data set connection.
import assert from 'node:assert/strict';
import { createConnection, hubspotAuth, kSpecs, salesforceAuth } from '../lib/flows.mjs';

export { createConnection, hubspotAuth, kSpecs, salesforceAuth };

/// An ad hoc class and schema that describe the source's columns; the schema's $id.
export async function createAdhocSchema(api, title, columns) {
  const fields = Object.fromEntries(columns.map((name) => [name, { type: 'string' }]));
  const made = await api.post('/data/foundation/schemaregistry/tenant/classes', {
    title: `${title} class`,
    description: 'Columns of the source',
    type: 'object',
    allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }, { properties: { _adhoc: { type: 'object', properties: fields } } }],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const schema = await api.post('/data/foundation/schemaregistry/tenant/schemas', {
    type: 'object',
    title,
    description: 'Ad hoc schema',
    allOf: [{ $ref: made.body.$id }],
  });
  assert.equal(schema.status, 201, JSON.stringify(schema.body));
  return schema.body.$id;
}

/// Variables that both pages start from.
export async function prepare(api, { title, spec, auth, columns, table }) {
  const { credentials } = api;
  return {
    endpoint: credentials.endpoint,
    token: api.token,
    clientId: credentials.clientId,
    orgId: credentials.orgId,
    sandbox: api.sandbox,
    baseConnection: await createConnection(api, `${title} account`, spec, auth),
    datasetConnection: await createConnection(api, `${title} data set connection`, kSpecs.datalake),
    adhocSchema: await createAdhocSchema(api, `${title} source`, columns),
    table,
    startTime: String(Math.floor(Date.now() / 1000) - 60),
  };
}
