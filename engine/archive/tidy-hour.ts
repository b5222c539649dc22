import { MANIFEST } from './archive-layout.ts';
import type { Manifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';

/** Removes what lies in an hour's folder and is not in its manifest: left by a crash, or rewritten. */
export async function tidyHour(target: ObjectStore, folder: string, manifest: Manifest): Promise<void> {
  const meant = new Set(manifest.tables.flatMap(({ objects }) => objects.map(({ name }) => folder + name)));
  const left: string[] = [];
  for await (const { key } of target.list(folder)) if (key !== folder + MANIFEST && !meant.has(key)) left.push(key);
  for (const key of left) await target.remove(key);
}
