import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimDataFolder } from '../../../engine/clickhouse/claim-data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a data folder', () => {
  it('is made for its owner alone and held by one at a time', () => {
    const folder = join(root, 'deep/er');
    const letGo = claimDataFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(() => claimDataFolder(folder)).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_LOCKED',
        message: `data folder ${folder} is in use by another process: stop it, or name another folder with --data`,
      }),
    );
    letGo();
    claimDataFolder(folder)();
  });

  it.each([
    ['a file', 'ENOTDIR|EEXIST', (file: string) => file],
    ['below a file', 'ENOTDIR', (file: string) => join(file, 'below')],
  ])('that is %s is refused in one line', (_, reason, folderOf) => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => claimDataFolder(folderOf(file))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`can't be written \\((${reason})\\): name another with --data`)),
      }),
    );
  });
});
