import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** Ends the names of files that are being written. */
const DRAFT = '.draft';

/** A folder as an archive. Files are made beside, flushed, and renamed. */
export function folderStore(root: string): ObjectStore {
  async function place(key: string, write: (draft: string) => Promise<void>): Promise<void> {
    const path = join(root, key);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}${DRAFT}`;
    await write(draft);
    const file = await open(draft, 'r+');
    await file.sync().finally(() => file.close());
    await rename(draft, path);
  }

  return {
    place: root,
    put: (key, bytes) =>
      place(key, async (draft) => {
        const file = await open(draft, 'wx', 0o600);
        await file.writeFile(bytes).finally(() => file.close());
      }),
    putFile: (key, path) => place(key, (draft) => copyFile(path, draft)),
    get: (key) => readFile(join(root, key)).catch(absent),
    async *list(prefix): AsyncGenerator<StoredObject> {
      const from = join(root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
      const entries = (await readdir(from, { recursive: true, withFileTypes: true }).catch(absent)) ?? [];
      const keys = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix) && !key.endsWith(DRAFT))
        .sort();
      for (const key of keys) {
        const found = await stat(join(root, key)).catch(absent);
        if (found !== undefined) yield { key, bytes: found.size };
      }
    },
    remove: async (key) => {
      await rm(join(root, key), { force: true });
      // Folders of hours that have nothing left, up to the root.
      for (let folder = dirname(key); folder !== '.'; folder = dirname(folder)) {
        const removed = await rmdir(join(root, folder)).then(
          () => true,
          () => false,
        );
        if (!removed) break;
      }
    },
    dropUnfinished: async (prefix) => {
      const entries = await readdir(join(root, prefix), { recursive: true }).catch(absent);
      for (const name of entries ?? []) if (name.endsWith(DRAFT)) await rm(join(root, prefix, name), { force: true });
    },
    close: () => {},
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
