import { spawnSync } from 'node:child_process';
import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { buildAgent } from '../build.ts';

const fileOf = (name: string): string => new URL(name, import.meta.url).pathname;

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface DebOptions {
  /** Folder for the package. */
  readonly out: string;
  /** The Node that goes into it; that of the dependencies when left out. */
  readonly node?: string | undefined;
  /** Of dpkg-deb: xz, zstd, gzip or none. */
  readonly compression: string;
}

/** Makes spanwarden-agent_<version>_<architecture>.deb and answers its path. Needs dpkg-deb. */
export async function buildDeb({ out, node = process.execPath, compression }: DebOptions): Promise<string> {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const tree = mkdtempSync(join(tmpdir(), 'spanwarden-deb-'));
  try {
    chmodSync(tree, 0o755);
    const put = (path: string, write: (place: string) => void, mode: number): void => {
      const place = join(tree, path);
      mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
      write(place);
      chmodSync(place, mode);
    };
    const bundle = join(tree, 'spanwarden-agent.cjs');
    await buildAgent(bundle);
    put('usr/lib/spanwarden-agent/spanwarden-agent.cjs', (place) => copyFileSync(bundle, place), 0o644);
    rmSync(bundle);
    put('usr/lib/spanwarden-agent/node', (place) => copyFileSync(node, place, constants.COPYFILE_FICLONE), 0o755);
    put('usr/bin/spanwarden-agent', (place) => copyFileSync(fileOf('./spanwarden-agent.sh'), place), 0o755);
    put('usr/share/doc/spanwarden-agent/copyright', (place) => copyFileSync(fileOf('../../LICENSE'), place), 0o644);
    for (const script of ['postinst', 'prerm', 'postrm'])
      put(`DEBIAN/${script}`, (place) => copyFileSync(fileOf(`./debian/${script}`), place), 0o755);
    put('DEBIAN/control', (place) => writeFileSync(place, controlFile(architecture)), 0o644);

    mkdirSync(out, { recursive: true });
    const file = resolve(out, `spanwarden-agent_${packageJson.version}_${architecture}.deb`);
    const words = ['--root-owner-group', `-Z${compression}`, '--build', tree, file];
    const { status, stderr } = spawnSync('dpkg-deb', words, { encoding: 'utf8' });
    if (status !== 0 || !existsSync(file)) throw new Error(`dpkg-deb failed: ${stderr}`);
    return file;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** What Node is linked against; Debian 10 and Ubuntu 20.04 have it. */
function controlFile(architecture: string): string {
  return `Package: spanwarden-agent
Version: ${packageJson.version}
Architecture: ${architecture}
Maintainer: Spanwarden maintainers <maintainers@spanwarden.example>
Section: admin
Priority: optional
Depends: libc6 (>= 2.28), libstdc++6 (>= 9)
Description: Spanwarden client for AI coding tools
 Records what AI coding tools do, by their hooks, redacts it on this machine
 and sends it to the organisation's Spanwarden. Nothing is recorded before
 "spanwarden-agent install" was run.
`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: fileOf('../dist') },
      node: { type: 'string' },
      compression: { type: 'string', default: 'xz' },
    },
  });
  process.stdout.write(`${await buildDeb(values)}\n`);
}
