import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveBook } from '../archive/archive-book.ts';
import { eraseFromArchive, eraseWholeArchive } from '../archive/erase-from-archive.ts';
import { addFollowing, countScopedRows, eraseDatabase, eraseRows } from '../clickhouse/erase-rows.ts';
import {
  dropScope,
  type ErasureScope,
  findLateSpans,
  markScope,
  readScope,
  resolveScope,
} from '../clickhouse/erasure-scope.ts';
import type { Store } from '../clickhouse/store.ts';
import { insertAuditEntry } from '../clickhouse/tables/audit-log.ts';
import {
  forgetFormerErasures,
  listErasures,
  readSweptTo,
  saveErasure,
  saveSweptTo,
} from '../clickhouse/tables/erasures.ts';
import type { Clock } from '../core/clock.ts';
import type { Erasure } from '../core/erasure.ts';
import { CodedError, isCoded } from '../core/errors.ts';
import { orgDatabase } from '../core/org.ts';
import { type SubjectSeal, subjectPlace } from './erasure-book.ts';

export interface ErasureOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly archives: ArchiveBook;
  /** Where the archive keeps what it has not uploaded yet. */
  readonly spool: string;
  readonly sealFor: (org: string) => SubjectSeal;
  /** Key of an org's archive. */
  readonly archiveKeyOf: (org: string) => Uint8Array;
  /** Key of an org's marks, as text. */
  readonly saltOf: (org: string) => string;
  /** Ends an org that was erased: it is no longer listed and its tokens no longer open anything. */
  readonly closeOrg: (org: string) => Promise<void>;
}

interface Erased {
  readonly spans: number;
  readonly others: number;
  readonly archived: number;
}

/** More than anybody asks for at once; the rest comes in the next round. */
const AT_ONCE = 1_000;
const SWEEP = 'late spans';

/**
 * Carries out what was asked to be erased in an org, and erases again what came late (`settled`: microseconds since 1970 before which
 * everything is stored). Each step can be repeated, so that a round goes on where a crash ended the one before. Nothing else may write to the
 * org's archive meanwhile.
 */
export async function erasureRound(options: ErasureOptions, org: string, settled: number): Promise<void> {
  await sweep(options, org, settled);
  const open = await listErasures(options.store, { org, open: true, limit: AT_ONCE });
  for (const erasure of open.reverse()) await carryOut(options, erasure);
}

async function carryOut(options: ErasureOptions, erasure: Erasure): Promise<void> {
  const { store, clock } = options;
  const running: Erasure = { ...erasure, state: 'running', error: '', revision: erasure.revision + 1 };
  await saveErasure(store, running);
  try {
    const erased = erasure.kind === 'org' ? await eraseOrg(options, erasure.org) : await erasePart(options, erasure);
    await saveErasure(store, {
      ...running,
      state: 'done',
      subject: '',
      finishedAt: clock(),
      // A round that goes on after a crash finds less than there was.
      spans: Math.max(erased.spans, erasure.spans),
      otherRows: Math.max(erased.others, erasure.otherRows),
      archivedRows: Math.max(erased.archived, erasure.archivedRows),
      revision: running.revision + 1,
    });
    await forgetFormerErasures(store);
    const detail = `${erasure.kind}: ${erased.spans} spans, ${erased.others} other rows, ${erased.archived} archived rows`;
    await insertAuditEntry(
      store,
      { org: erasure.org, actor: 'spanwarden', action: 'erasure.done', subject: erasure.id, detail, address: '' },
      clock(),
    );
  } catch (error) {
    const told = isCoded(error) ? error.message : 'an unexpected error';
    await saveErasure(store, { ...running, error: told, revision: running.revision + 1 });
    throw error;
  }
}

async function erasePart(options: ErasureOptions, erasure: Erasure): Promise<Erased> {
  const { store, sealFor, saltOf } = options;
  const { id, org, kind, requestedAt } = erasure;
  if (kind === 'org') throw new Error('an org is erased as a whole');
  const scope: ErasureScope = { store, database: orgDatabase(org), id };
  const subject = sealFor(org).open(erasure.subject, subjectPlace(id));
  await resolveScope(scope, kind, subject, requestedAt);
  await markScope(scope, org, saltOf(org), requestedAt);
  const erased = await eraseScope(options, org, scope);
  await dropScope(scope);
  return erased;
}

/** The archive first: what is about whom is told by the database. */
async function eraseScope(options: ErasureOptions, org: string, scope: ErasureScope): Promise<Erased> {
  await addFollowing(scope);
  const archived = await fromArchive(options, org, scope);
  const { spans, others } = await eraseRows(scope);
  if ((await countScopedRows(scope)) > 0)
    throw new CodedError('STORE_UNAVAILABLE', 'more of what is erased came in meanwhile: the next round goes on');
  return { spans, others, archived };
}

async function fromArchive(options: ErasureOptions, org: string, scope: ErasureScope): Promise<number> {
  await rm(join(options.spool, org), { recursive: true, force: true });
  const target = await options.archives.open(org);
  if (target === undefined) return 0;
  try {
    const ids = {
      users: await readScope(scope, 'user'),
      sessions: await readScope(scope, 'session'),
      traces: await readScope(scope, 'trace'),
      spans: await readScope(scope, 'span'),
      findings: await readScope(scope, 'finding'),
      alerts: await readScope(scope, 'alert'),
    };
    return await eraseFromArchive({ target, org, key: options.archiveKeyOf(org) }, ids);
  } finally {
    target.close();
  }
}

async function eraseOrg(options: ErasureOptions, org: string): Promise<Erased> {
  const { store, archives, spool, closeOrg } = options;
  await rm(join(spool, org), { recursive: true, force: true });
  const target = await archives.open(org);
  const archived = target === undefined ? 0 : await eraseWholeArchive(target, org).finally(() => target.close());
  const erased = await eraseDatabase(store, orgDatabase(org));
  await closeOrg(org);
  return { ...erased, archived };
}

/** What was erased does not come back: a retried export, an agent that was offline. */
async function sweep(options: ErasureOptions, org: string, settled: number): Promise<void> {
  const { store, clock, saltOf } = options;
  const from = await readSweptTo(store, org);
  if (settled <= from) return;
  const [any] = await store.query<{ rows: string }>(
    'SELECT count() AS rows FROM erasure_marks WHERE org = {org: String}',
    { org },
    { database: 'spanwarden' },
  );
  if (Number(any?.rows ?? 0) > 0) {
    const scope: ErasureScope = { store, database: orgDatabase(org), id: SWEEP };
    const found = await findLateSpans(scope, org, saltOf(org), { from, to: settled });
    if (found) {
      const { spans, others } = await eraseScope(options, org, scope);
      await dropScope(scope);
      const entry = {
        org,
        actor: 'spanwarden',
        action: 'erasure.late',
        subject: '',
        detail: `${spans} spans, ${others} other rows`,
        address: '',
      };
      await insertAuditEntry(store, entry, clock());
    }
  }
  await saveSweptTo(store, org, settled);
}
