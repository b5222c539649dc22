#!/usr/bin/env node
// Runs spanwarden.ts; under the Node that the dependencies bring when the machine's own is too old. Plain JavaScript, so that
// any Node can read it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const OLDEST = 24;
const main = new URL('../spanwarden.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= OLDEST) await import(main.href);
else handOver();

function handOver() {
  const child = spawn(pinnedNode(), [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', giveUp);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function pinnedNode() {
  try {
    return createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    return giveUp();
  }
}

function giveUp() {
  process.stderr.write(
    `spanwarden: Node ${OLDEST} is needed and this is ${process.version}; run npm ci, which brings it\n`,
  );
  process.exit(2);
}
