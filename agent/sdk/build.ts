#!/usr/bin/env node
import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/*
 * Builds what `spanwarden/sdk` is when it is installed, for Node runs no TypeScript out of node_modules: one module and its types, in
 * dist/. `--if-stale` does nothing when dist/ is newer than every source, or when the build tools are not installed.
 */

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const DIST = join(HERE, 'dist');
const STAMP = join(DIST, 'sdk.js');
const SOURCES = ['agent/sdk/*.ts', 'engine/core/**/*.ts', 'engine/redaction/**/*.ts', 'package-lock.json'];

const say = (text: string) => process.stdout.write(`${text}\n`);

if (process.argv.includes('--if-stale') && !isStale()) process.exit();
const started = performance.now();
const esbuild = await import('esbuild').catch(() => undefined);
if (!esbuild) {
  say('SDK not built: its build tools are development dependencies, and they are not installed');
  process.exit(process.argv.includes('--if-stale') ? 0 : 1);
}
// Two builds at the same time, or one and a reader, must never meet half a file: each is put in its place whole.
const fresh = await mkdtemp(join(HERE, '.dist-'));
try {
  await esbuild.build({
    entryPoints: [join(HERE, 'sdk.ts')],
    outfile: join(fresh, 'sdk.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  await writeTypes(join(fresh, 'types'));
  await writeFile(join(fresh, 'sdk.d.ts'), "export * from './types/agent/sdk/sdk.ts';\n");
  const files = globSync('**/*.ts', { cwd: fresh });
  for (const file of [...files, 'sdk.js']) {
    await mkdir(dirname(join(DIST, file)), { recursive: true });
    await rename(join(fresh, file), join(DIST, file));
  }
} finally {
  await rm(fresh, { recursive: true, force: true });
}
say(`SDK built in ${((performance.now() - started) / 1_000).toFixed(1)} s`);

function isStale(): boolean {
  if (!existsSync(STAMP)) return true;
  const built = statSync(STAMP).mtimeMs;
  return globSync(SOURCES, { cwd: ROOT }).some((file) => statSync(join(ROOT, file)).mtimeMs > built);
}

async function writeTypes(outDir: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(
    process.execPath,
    [tsc, '-p', join(HERE, 'tsconfig.json'), '--outDir', outDir, '--rootDir', ROOT],
    { cwd: ROOT },
  );
}
