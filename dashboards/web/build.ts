#!/usr/bin/env node
import { existsSync, globSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/*
 * Builds the web UI into dist/, with each file compressed beside it. `--if-stale` does nothing when dist/ is newer than every
 * source, or when the build tools are not installed (npm ci --omit=dev) and there is nothing it could do.
 */

const HERE = import.meta.dirname;
const DIST = join(HERE, 'dist');
const STAMP = join(DIST, 'index.html');
const SOURCES = ['src/**', 'public/**', 'index.html', 'build.ts', '../../package-lock.json'];
const COMPRESSED = /\.(js|css|html|svg)$/;

const say = (text: string) => process.stdout.write(`${text}\n`);

if (process.argv.includes('--if-stale') && !isStale()) process.exit();
const started = performance.now();
// Whoever builds, a test too, builds what is served: React without its checks, and no paths of this machine.
process.env['NODE_ENV'] = 'production';
const vite = await import('vite').catch(() => undefined);
if (!vite) {
  say('web UI not built: its build tools are development dependencies, and they are not installed');
  process.exit(process.argv.includes('--if-stale') ? 0 : 1);
}
const { default: react } = await import('@vitejs/plugin-react');
await vite.build({
  root: HERE,
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  build: {
    outDir: DIST,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
  },
});
await compressFiles();
say(`web UI built in ${((performance.now() - started) / 1_000).toFixed(1)} s`);

function isStale(): boolean {
  if (!existsSync(STAMP)) return true;
  const built = statSync(STAMP).mtimeMs;
  return globSync(SOURCES, { cwd: HERE }).some((file) => statSync(join(HERE, file)).mtimeMs > built);
}

async function compressFiles(): Promise<void> {
  const files = await readdir(DIST, { recursive: true });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  for (const file of files.filter((name) => COMPRESSED.test(name))) {
    const path = join(DIST, file);
    const whole = await readFile(path);
    await writeFile(`${path}.br`, await promisify(brotliCompress)(whole, { params }));
    await writeFile(`${path}.gz`, await promisify(gzip)(whole, { level: 9 }));
  }
}
