/**
 * `npm run bench [-- NAME...] [-- --json]`: runs the benches of test/bench/measures, each in a process of its own, and prints value,
 * baseline and ratio of each measure. NAME picks benches by file name.
 */
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { Bench, Measure } from './measure.ts';

const FOLDER = new URL('./measures/', import.meta.url);

if (process.send) {
  const module = (await import(new URL(process.argv[2]!, FOLDER).href)) as { default: Bench };
  process.send(await module.default(), () => process.exit(0));
} else {
  const words = process.argv.slice(2).filter((word) => word !== '--');
  const names = words.filter((word) => !word.startsWith('--'));
  const files = readdirSync(FOLDER).filter((file) => names.length === 0 || names.includes(basename(file, '.ts')));
  if (files.length === 0) {
    console.error(
      `no bench is called ${names.join(', ')}; there are ${readdirSync(FOLDER)
        .map((file) => basename(file, '.ts'))
        .join(', ')}`,
    );
    process.exit(2);
  }
  const measures: Measure[] = [];
  for (const file of files) {
    if (process.stderr.isTTY) process.stderr.write(`running ${basename(file, '.ts')} ...\n`);
    measures.push(...(await inOwnProcess(file)));
  }
  if (words.includes('--json')) console.log(JSON.stringify(measures, null, 2));
  else {
    for (const { name, value, unit, baseline, ratio, detail } of measures) {
      console.log(
        `${name.padEnd(28)} ${String(value).padStart(10)} ${unit.padEnd(8)} baseline ${String(baseline).padStart(10)}  ratio ${String(ratio).padStart(7)}  ${detail}`,
      );
    }
  }
}

function inOwnProcess(file: string): Promise<Measure[]> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(import.meta.url).pathname, [file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let result: Measure[] | undefined;
    child.on('message', (message) => {
      result = message as Measure[];
    });
    child.on('exit', (code) => (result ? resolve(result) : reject(new Error(`${file} ended with exit code ${code}`))));
  });
}
