// Faults on purpose against whole runs: processes killed, vendors that stumble, pages that lie, storage that refuses. What lands is read
// with a Parquet reader that shares nothing with Foz and compared with the source by keys. Prints a table; ends with 1 when a promise was broken.
import { cancels } from './cancels.mjs';
import { kills } from './kills.mjs';
import { paging } from './paging.mjs';
import { rows } from './rows.mjs';
import { storage } from './storage.mjs';
import { chanceFrom, seedOf } from './table.mjs';
import { vendors } from './vendors.mjs';
import { virtual } from './virtual.mjs';

const families = [kills, cancels, vendors, paging, rows, storage, virtual];
const scale = Number(process.env.FOZ_CHAOS_SCALE ?? 1);
const wanted = new Set(process.argv.slice(2));
const seed = seedOf();
console.log(`seed ${seed} (FOZ_CHAOS_SEED replays it)\n\n| Fault | What | Cases | Rows lost | Rows doubled | Failed, said so | Slowest recovery | Promises broken |\n|---|---|---|---|---|---|---|---|`);

let bad = false;

/// All cases of one line of the table.
async function line(id, what, faults) {
  const sums = { cases: 0, lost: 0, doubled: 0, failed: 0, slowest: 0, broken: 0 };
  for (const fault of faults) {
    for (let i = 0; i < Math.max(1, Math.round(fault.full * scale)); ++i) {
      ++sums.cases;
      try {
        const outcome = await fault.run(i, chanceFrom(seed + i));
        if (outcome === undefined) {
          console.log(`| ${id} | ${what}: ${fault.skipped ?? 'not here'} | 0 | | | | | |`);
          return;
        }
        sums.lost += Math.max(0, outcome.lost ?? 0);
        sums.doubled += outcome.doubled ?? 0;
        sums.failed += outcome.failed ? 1 : 0;
        sums.slowest = Math.max(sums.slowest, outcome.resumedMs ?? outcome.recoveryMs ?? 0);
      } catch (error) {
        ++sums.broken;
        console.error(`${id}, case ${i}: ${error.message}`);
      }
    }
  }
  bad ||= sums.lost > 0 || sums.doubled !== 0 || sums.broken > 0;
  console.log(`| ${id} | ${what} | ${sums.cases} | ${sums.lost} | ${sums.doubled} | ${sums.failed} | ${(sums.slowest / 1000).toFixed(1)} s | ${sums.broken} |`);
}

for (const family of families) {
  const faults = family.faults.filter((fault) => fault.full > 0 && (wanted.size === 0 || wanted.has(fault.id)));
  if (faults.length === 0) continue;
  await family.open();
  try {
    const lines = new Map();
    for (const fault of faults) {
      const name = `${fault.id} ${fault.together ?? fault.what}`;
      lines.set(name, [...(lines.get(name) ?? []), fault]);
    }
    for (const of of lines.values()) await line(of[0].id, of[0].together ?? of[0].what, of);
  } finally {
    await family.close();
  }
}
process.exit(bad ? 1 : 0);
