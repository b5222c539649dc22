import { hourOf, MANIFEST } from './archive-layout.ts';
import { type ArchivedTableEntry, type Manifest, manifestBytes, toManifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { packRows } from './pack-rows.ts';
import { archivedHours, linesOf, readObject } from './read-archive.ts';
import { tidyHour } from './tidy-hour.ts';
import { toObject } from './to-object.ts';

/** What is erased. Spans are `<trace>/<span>`. */
export interface ErasedIds {
  readonly users: ReadonlySet<string>;
  readonly sessions: ReadonlySet<string>;
  readonly traces: ReadonlySet<string>;
  readonly spans: ReadonlySet<string>;
  readonly findings: ReadonlySet<string>;
  readonly alerts: ReadonlySet<string>;
}

export interface ArchiveToErase {
  readonly target: ObjectStore;
  readonly org: string;
  /** Opens sealed objects, and seals those that take their place. */
  readonly key: Uint8Array;
}

type Row = Record<string, unknown>;
type Fate = 'keep' | 'drop' | Row;

const LINES_AT_ONCE = 5_000;

/**
 * Rewrites every hour of an org's archive that holds something of what is erased: new objects first, then the manifest that names them, then
 * the old objects go. Begun again after a crash it finds what is left. Answers the rows that were erased or emptied.
 */
export async function eraseFromArchive(archive: ArchiveToErase, ids: ErasedIds): Promise<number> {
  const { target, org } = archive;
  await target.dropUnfinished(`${org}/`);
  const whole = await wholeAlerts(archive, ids);
  let erased = 0;
  for await (const { folder, manifest } of archivedHours(target, org)) {
    const tables: ArchivedTableEntry[] = [];
    let touched = 0;
    for (const entry of manifest.tables) {
      const { entry: next, rows } = await rewriteTable(archive, folder, entry, manifest.sealed, (row) =>
        fateOf(entry.table, row, ids, whole),
      );
      tables.push(next);
      touched += rows;
    }
    const next = touched === 0 ? manifest : toManifest({ ...manifest, revision: manifest.revision + 1 }, tables);
    if (touched > 0) await target.put(folder + MANIFEST, manifestBytes(next));
    await tidyHour(target, folder, next);
    if (next.rows === 0) await target.remove(folder + MANIFEST);
    erased += touched;
  }
  return erased;
}

/** Everything of an org; the manifests last. Answers how many objects. */
export async function eraseWholeArchive(target: ObjectStore, org: string): Promise<number> {
  await target.dropUnfinished(`${org}/`);
  const keys: string[] = [];
  for await (const { key } of target.list(`${org}/`)) if (hourOf(key) !== undefined) keys.push(key);
  const [manifests, objects] = [keys.filter(isManifest), keys.filter((key) => !isManifest(key))];
  for (const key of [...objects, ...manifests]) await target.remove(key);
  return objects.length;
}

function isManifest(key: string): boolean {
  return key.endsWith(`/${MANIFEST}`);
}

async function rewriteTable(
  { target, key }: ArchiveToErase,
  folder: string,
  entry: ArchivedTableEntry,
  sealed: boolean,
  fate: (row: Row) => Fate,
): Promise<{ entry: ArchivedTableEntry; rows: number }> {
  const objects: Manifest['tables'][number]['objects'] = [];
  let touched = 0;
  for (const object of entry.objects) {
    const packed = await readObject(target, folder, object, key);
    if ((await countTouched(packed, entry.columns, fate)) === 0) {
      objects.push(object);
      continue;
    }
    const kept = keptRows(packed, entry.columns, fate, () => {
      touched += 1;
    });
    for await (const rewritten of packRows(kept)) {
      const made = toObject(rewritten, { table: entry.table, folder, key: sealed ? key : undefined });
      await target.put(folder + made.object.name, made.bytes);
      objects.push(made.object);
    }
  }
  return { entry: { ...entry, objects, rows: objects.reduce((sum, { rows }) => sum + rows, 0) }, rows: touched };
}

async function countTouched(packed: Buffer, columns: readonly string[], fate: (row: Row) => Fate): Promise<number> {
  let touched = 0;
  for await (const line of linesOf(packed)) if (fate(rowOf(columns, line)) !== 'keep') touched += 1;
  return touched;
}

async function* keptRows(
  packed: Buffer,
  columns: readonly string[],
  fate: (row: Row) => Fate,
  onTouched: () => void,
): AsyncGenerator<{ lines: Buffer; rows: number }> {
  let lines: string[] = [];
  for await (const line of linesOf(packed)) {
    const row = rowOf(columns, line);
    const decided = fate(row);
    if (decided !== 'keep') onTouched();
    // What stays keeps the very text that the engine wrote.
    if (decided === 'keep') lines.push(line);
    else if (decided !== 'drop') lines.push(JSON.stringify(columns.map((column) => decided[column])));
    if (lines.length < LINES_AT_ONCE) continue;
    yield { lines: Buffer.from(`${lines.join('\n')}\n`), rows: lines.length };
    lines = [];
  }
  if (lines.length > 0) yield { lines: Buffer.from(`${lines.join('\n')}\n`), rows: lines.length };
}

/** Alerts that rest on nothing but what is erased, as far as the archive knows; also such as the database has dropped since. */
async function wholeAlerts(archive: ArchiveToErase, ids: ErasedIds): Promise<ReadonlySet<string>> {
  const touched = new Set(ids.alerts);
  const others = new Set<string>();
  for await (const { folder, manifest } of archivedHours(archive.target, archive.org))
    for (const { table, columns, objects } of manifest.tables.filter((entry) => entry.table === 'alert_events'))
      for (const object of objects)
        for await (const line of linesOf(await readObject(archive.target, folder, object, archive.key))) {
          const row = rowOf(columns, line);
          if (row['type'] !== 'opened' && row['type'] !== 'matched') continue;
          (isErased(table, row, ids) ? touched : others).add(String(row['alert_id']));
        }
  return new Set([...touched].filter((id) => ids.alerts.has(id) || !others.has(id)));
}

function fateOf(table: string, row: Row, ids: ErasedIds, whole: ReadonlySet<string>): Fate {
  if (table !== 'alert_events') return isErased(table, row, ids) ? 'drop' : 'keep';
  if (whole.has(String(row['alert_id']))) return 'drop';
  if (!isErased(table, row, ids)) return 'keep';
  const evidence = evidenceOf(row).filter((span) => !isErasedSpan(span, ids));
  const session_id = ids.sessions.has(String(row['session_id'])) ? '' : row['session_id'];
  return { ...row, title: '[erased]', values: {}, detail: '', session_id, evidence };
}

/** The same as what eraseRows goes by in the database. */
function isErased(table: string, row: Row, ids: ErasedIds): boolean {
  const has = (set: ReadonlySet<string>, column: string) => set.has(String(row[column] ?? ''));
  const byEntity: Readonly<Record<string, ReadonlySet<string>>> = {
    session: ids.sessions,
    trace: ids.traces,
    user: ids.users,
  };
  return (
    has(ids.traces, 'TraceId') ||
    has(ids.sessions, 'SessionId') ||
    has(ids.sessions, 'session_id') ||
    has(ids.traces, 'EventTraceId') ||
    (table !== 'otel_traces' && has(ids.users, 'UserId')) ||
    ids.spans.has(`${row['TraceId']}/${row['SpanId']}`) ||
    ids.spans.has(`${row['EventTraceId']}/${row['EventSpanId']}`) ||
    byEntity[String(row['entity_kind'])]?.has(String(row['entity_value'])) === true ||
    (table === 'risk_contributions' && has(ids.findings, 'finding_id')) ||
    evidenceOf(row).some((span) => isErasedSpan(span, ids))
  );
}

interface EvidenceSpan {
  readonly trace_id: string;
  readonly span_id: string;
}

function evidenceOf(row: Row): readonly EvidenceSpan[] {
  return Array.isArray(row['evidence']) ? (row['evidence'] as EvidenceSpan[]) : [];
}

function isErasedSpan({ trace_id, span_id }: EvidenceSpan, { traces, spans }: ErasedIds): boolean {
  return traces.has(trace_id) || spans.has(`${trace_id}/${span_id}`);
}

function rowOf(columns: readonly string[], line: string): Row {
  const values = JSON.parse(line) as unknown[];
  return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
}
