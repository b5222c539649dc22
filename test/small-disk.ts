import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './running-server.ts';

/** A file system of its own that can be filled up. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves this many bytes, not one when left out. */
  fill(leave?: number): void;
  /** Gives back what `fill` took. */
  free(): void;
  unmount(): void;
}

/** Mounts one in memory; undefined where this user may not, and then `what` is not tested, which is told. */
export function mountSmallDisk(megabytes: number, what: string): SmallDisk | undefined {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    const why = mounted.error?.message ?? mounted.stderr.toString().trim();
    process.stderr.write(`\n*** NOT TESTED: ${what}\n*** No file system can be mounted here: ${why}\n`);
    return undefined;
  }
  const unmount = () => void spawnSync('umount', ['-l', folder]);
  // Before the folder itself is removed at the end of the process.
  process.prependListener('exit', unmount);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill(leave = 0) {
      const file = openSync(filler, 'a');
      const zeros = Buffer.alloc(1024 * 1024);
      try {
        for (;;) {
          const most = leave === 0 ? zeros.length : Math.min(zeros.length, freeBytes(folder) - leave);
          if (most <= 0) return;
          writeSync(file, zeros, 0, most);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount,
  };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
