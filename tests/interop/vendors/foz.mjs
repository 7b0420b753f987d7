// The differential rule: the same seed, read by Foz into Parquet and by the vendor's own client, gives the same set of
// (key, column, value). Follows: Sources contract, 8.
import { Client } from '@hubspot/api-client';
import { DynamicsWebApi } from 'dynamics-web-api';
import jsforce from 'jsforce';
import { connect } from '../../lib/api.mjs';
import { createFlow, dynamicsAuth, hubspotAuth, kSpecs, salesforceAuth } from '../../lib/flows.mjs';
import { landedRows } from '../../lib/parquet.mjs';
import { startFoz, startSimulator, temporaryFolder } from '../../lib/processes.mjs';
import { keyed } from './session.mjs';

/// Where the columns of a person land: texts, a day, and moments as texts.
const kTargets = ['person.name.firstName', 'person.name.lastName', 'personalEmail.address', 'homeAddress.street1', 'homeAddress.city', 'homePhone.number', 'person.birthDate', 'mobilePhone.number', 'faxPhone.number'];

const kVendors = {
  salesforce: {
    auth: salesforceAuth, table: 'Contact', key: 'Id', rows: 5200,
    columns: ['FirstName', 'LastName', 'Email', 'MailingStreet', 'MailingCity', 'Phone', 'Birthdate', 'SystemModstamp', 'AccountId'],
    async read({ url, clientId, clientSecret }, columns) {
      const connection = new jsforce.Connection({ loginUrl: url, instanceUrl: url, version: '60.0', oauth2: { loginUrl: url, clientId, clientSecret } });
      await connection.authorize({ grant_type: 'client_credentials' });
      return (await connection.query(`SELECT ${columns.join(', ')} FROM Contact`, { autoFetch: true, maxFetch: 1e6 })).records;
    },
  },
  dynamics: {
    auth: dynamicsAuth, table: 'contact', key: 'contactid', rows: 5200,
    columns: ['firstname', 'lastname', 'emailaddress1', 'address1_line1', 'address1_city', 'telephone1', 'birthdate', 'modifiedon', 'parentcustomerid'],
    async read(simulator, columns) {
      const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: simulator.servicePrincipalId, client_secret: simulator.servicePrincipalKey, scope: `${simulator.url}/.default` });
      const token = (await (await fetch(`${simulator.url}/${simulator.tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form })).json()).access_token;
      const client = new DynamicsWebApi({ serverUrl: simulator.url, dataApi: { path: 'data', version: '9.2' }, onTokenRefresh: async () => token });
      const select = columns.map((name) => (name === 'parentcustomerid' ? '_parentcustomerid_value' : name));
      const { value } = await client.retrieveAll({ collection: 'contacts', select, maxPageSize: 1000 });
      return value.map((row) => ({ ...row, parentcustomerid: row._parentcustomerid_value }));
    },
  },
  hubspot: {
    auth: hubspotAuth, table: 'Hubspot.Contacts', key: 'Vid', rows: 1300,
    columns: ['firstname', 'lastname', 'email', 'company', 'lifecyclestage', 'topics', 'date_of_birth', 'lastmodifieddate', 'annualrevenue'],
    source: (name) => `Properties_${name.replace(/(^|_)([a-z])/g, (_, mark, letter) => mark + letter.toUpperCase())}_Value`,
    async read({ url, accessToken }, columns) {
      const client = new Client({ accessToken, basePath: url });
      const all = await client.crm.contacts.getAll(100, undefined, columns);
      return all.map((one) => ({ Vid: one.id, ...one.properties }));
    },
  },
};

/// One spelling for what both sides write in their own ways: days, moments, numbers, and empty texts as missing ones.
function plain(value) {
  if (value === null || value === undefined || value === '') return null;
  if (value instanceof Date) return plain(value.toISOString());
  const text = String(value).replaceAll('\0', '');
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:?00)$/.exec(text);
  if (moment) return moment[2] === '00:00:00' && !moment[3]?.match(/[1-9]/) ? moment[1] : `${moment[1]}T${moment[2]}${(moment[3] ?? '').replace(/\.?0*$/, '')}Z`;
  return /^-?\d+(\.\d+)?$/.test(text) && text.length < 15 ? String(Number(text)) : text;
}

const at = (row, path) => path.split('.').reduce((value, name) => value?.[name], row);

export async function differ(session, vendor) {
  const { auth, table, key, columns, rows, read, source = (name) => name } = kVendors[vendor];
  const folder = temporaryFolder();
  const simulator = await startSimulator(vendor, { rows, seed: 11 });
  const foz = await startFoz(folder.path, { allow: [simulator.url] });
  try {
    const api = await connect(folder.path);
    const mappings = { _id: key, ...Object.fromEntries(columns.map((column, i) => [kTargets[i], source(column)])) };
    const ids = await createFlow(api, { name: 'Differential', spec: kSpecs[vendor], auth: auth(simulator), table, mappings });
    const [run] = await api.finishedRuns(ids.flow, 1, 120000);
    session.check('Foz reads everything', run.metrics.statusSummary.status === 'success', run.metrics.statusSummary);
    const rowsOfFoz = await landedRows(api, ids.dataset);
    const landed = new Map(rowsOfFoz.map((row) => [row._id, Object.fromEntries(columns.map((column, i) => [column, plain(at(row, kTargets[i]))]))]));
    const rowsOfClient = await read(simulator, [key, ...columns].filter((name) => name !== 'Vid'));
    const client = keyed(rowsOfClient, key, columns);
    session.check('both read every row once', rowsOfFoz.length === rows && rowsOfClient.length === rows && landed.size === rows && client.size === rows, [rowsOfFoz.length, rowsOfClient.length, rows]);
    for (const row of client.values()) for (const name of columns) row[name] = plain(row[name]);
    const empty = columns.filter((name) => ![...client.values()].some((row) => row[name] !== null));
    session.check('every column has values', empty.length === 0, empty);
    session.compare('the client and Foz', client, landed);
  } finally {
    await Promise.all([foz.stop(), simulator.stop()]);
    folder.remove();
  }
}
