// Programs under test: started on free ports, known by their ready line, ended by pid.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = process.env.FOZ_BIN ?? new URL('../../build/test', import.meta.url).pathname;

export function program(name) {
  return name === 'foz-sim' ? process.env.FOZ_SIM ?? join(bin, 'simulators/foz-sim') : join(bin, name);
}

export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'foz-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/// A child process whose lines are kept; `ready` resolves with the first line of standard output that `accept` takes.
export function start(name, args, { env = {}, accept = () => true, timeoutMs = 20000 } = {}) {
  const child = spawn(program(name), args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const running = { child, pid: child.pid, out: '', log: '' };
  running.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  child.stderr.on('data', (data) => (running.log += data));
  running.ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in ${timeoutMs} ms\n${running.log}`)), timeoutMs);
    let rest = '';
    child.stdout.on('data', (data) => {
      running.out += data;
      rest += data;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        if (accept(line)) {
          clearTimeout(timer);
          resolve(line);
        }
      }
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code} before it was ready\n${running.log}`));
    });
  });
  running.ready.catch(() => {});
  running.stop = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return running.exited;
  };
  return running;
}

/// `foz-sim VENDOR`: its ready line holds the address and the credentials.
export async function startSimulator(vendor, { rows = 300, seed = 7, args = [] } = {}) {
  const running = start('foz-sim', [vendor, '--listen', '127.0.0.1:0', '--rows', String(rows), '--seed', String(seed), ...args]);
  const details = JSON.parse(await running.ready);
  const control = async (path, body) => {
    const response = await fetch(`${details.url}/_sim/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`_sim/${path}: ${response.status} ${await response.text()}`);
    return response.headers.get('content-type')?.includes('json') ? response.json() : null;
  };
  return { ...running, ...details, control };
}

/// `foz serve` on a free port. `allow` names the simulators it may reach.
export async function startFoz(data, { allow = [], env = {}, args = [] } = {}) {
  const running = start('foz', ['serve', '--data', data, '--listen', '127.0.0.1:0', ...args], {
    env: { FOZ_SOURCES_ALLOW: allow.join(','), FOZ_SCHEDULE_SETTLE_SECONDS: '0', ...env },
    accept: (line) => line.startsWith('listening '),
  });
  running.url = (await running.ready).split(' ')[1];
  return running;
}

/// Runs a program to its end.
export async function run(name, args, { env = {} } = {}) {
  const child = spawn(program(name), args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (log += data));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  return { code, out, log };
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/// Asks until `question` gives something; for states that another process reaches in its own time.
export async function eventually(question, what, timeoutMs = 30000, everyMs = 50) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${timeoutMs} ms`);
    await pause(everyMs);
  }
}
