// The vendors that fault tests read from: a simulator each, one table, and how its pages look in the simulator's journal.
import { hubspotAuth, kSpecs, salesforceAuth } from './flows.mjs';
import { startSimulator } from './processes.mjs';
import { shared } from './shared.mjs';

export const profilesCsv = shared('data/CRM_profiles.csv');

/// Pages of 100, one behind the other.
export async function hubspotSource(rows, more = {}) {
  const simulator = await startSimulator('hubspot', { rows, ...more });
  return {
    name: 'hubspot', simulator, rows, spec: kSpecs.hubspot, auth: hubspotAuth(simulator), table: 'Hubspot.Contacts',
    mappings: { _id: 'Vid', 'person.name.firstName': 'Properties_Firstname_Value', 'personalEmail.address': 'Properties_Email_Value' },
    isPage: ({ method, path }) => method === 'GET' && path === '/crm/v3/objects/contacts',
  };
}

const isQueryPage = ({ path, query }) => /\/query\/01g/.test(path) || (/\/query(All)?$/.test(path) && !/COUNT/.test(query)) || /\/jobs\/query\/[^/]+\/results$/.test(path);

/// Pages of 2000 through REST; from 50,000 rows on, result pages of bulk jobs, which are CSV.
export async function salesforceSource(rows, more = {}) {
  const simulator = await startSimulator('salesforce', { rows, ...more });
  return {
    name: rows >= 50_000 ? 'salesforce-bulk' : 'salesforce', simulator, rows, spec: kSpecs.salesforce, auth: salesforceAuth(simulator), table: 'Contact',
    mappings: { _id: 'Id', 'person.name.firstName': 'FirstName', 'personalEmail.address': 'Email' },
    isPage: isQueryPage,
  };
}

/// A CSV file as a table; nothing where the sample data are not here.
export async function csvSource(rows = 259) {
  if (!profilesCsv) return undefined;
  const simulator = await startSimulator('salesforce', { args: ['--from', profilesCsv] });
  return {
    name: 'csv', simulator, rows, spec: kSpecs.salesforce, auth: salesforceAuth(simulator), table: 'CRM_profiles',
    mappings: { _id: 'ID1', 'person.name.firstName': 'F_NAME', 'personalEmail.address': 'EMAIL' },
    isPage: isQueryPage,
  };
}

/// The number of the last call so far.
export const lastCall = async (source) => (await source.simulator.control('journal?limit=1')).last;

/// The calls behind number `since`.
export const callsSince = async (source, since) => (await source.simulator.control(`journal?since=${since}&limit=100000`)).entries;

/// Pages among `calls` that were delivered although they had been before.
export function pagesFetchedAgain(source, calls) {
  const seen = new Set();
  let again = 0;
  for (const call of calls) {
    if (!source.isPage(call) || call.status !== 200) continue;
    const name = `${call.method} ${call.path}?${call.query}`;
    if (seen.has(name)) ++again;
    seen.add(name);
  }
  return again;
}
