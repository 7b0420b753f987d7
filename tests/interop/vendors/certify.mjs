// Runs the session of every client and prints what came of it: client, simulator, calls, rows compared, differences.
import { startSimulator } from '../../lib/processes.mjs';
import { differ } from './foz.mjs';
import { Session } from './session.mjs';

const kClients = [
  { name: 'jsforce', package: 'jsforce', simulator: 'salesforce', rows: 4500 },
  { name: 'hubspot', package: '@hubspot/api-client', simulator: 'hubspot', rows: 1250 },
  { name: 'dynamics', package: 'dynamics-web-api', simulator: 'dynamics', rows: 1200 },
];

const wanted = process.argv.slice(2);
const sessions = [];
for (const client of kClients) {
  if (wanted.length > 0 && !wanted.includes(client.name)) continue;
  console.log(`${client.package} x foz-sim ${client.simulator}`);
  const session = new Session(client.package, client.simulator);
  sessions.push(session);
  await session.step('the differential rule', () => differ(session, client.simulator));
  await session.step('the session', async () => {
    const simulator = await startSimulator(client.simulator, { rows: client.rows, seed: 7 });
    try {
      const { certify } = await import(`./${client.name}.mjs`);
      await certify(session, simulator);
      const counters = await simulator.control('counters');
      session.calls = counters.requests;
    } finally {
      await simulator.stop();
    }
  });
}

const lines = [['client', 'simulator', 'calls', 'rows compared', 'differences'], ...sessions.map((one) => [one.client, one.simulator, one.calls, one.rows, one.differences])];
const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
for (const line of lines) console.log(line.map((cell, column) => (column < 2 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column]))).join('  '));
const sum = (name) => sessions.reduce((total, one) => total + one[name], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && sessions.length > 0 ? 0 : 1;
