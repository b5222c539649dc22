import { randomUUID } from 'node:crypto';
import type { Store } from '../clickhouse/store.ts';
import { type ErasureSearch, listErasures, saveErasure } from '../clickhouse/tables/erasures.ts';
import type { Clock } from '../core/clock.ts';
import type { Erasure, ErasureKind } from '../core/erasure.ts';

/** Encrypts, bound to a place. */
export interface SubjectSeal {
  close(secret: string, place: string): string;
  open(sealed: string, place: string): string;
}

export interface ErasureBook {
  /** Keeps the wish: from now on it is carried out, whatever happens. */
  request(org: string, kind: ErasureKind, subject: string, by: string): Promise<Erasure>;
  /** Newest first. */
  list(search: ErasureSearch): Promise<Erasure[]>;
  /** Hears of every wish that this process took. */
  onRequest(listener: () => void): void;
}

export interface ErasureBookOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly sealFor: (org: string) => SubjectSeal;
}

/** What was asked to be erased. */
export function createErasureBook({ store, clock, sealFor }: ErasureBookOptions): ErasureBook {
  const listeners: (() => void)[] = [];
  return {
    request: async (org, kind, subject, requestedBy) => {
      const id = randomUUID();
      const erasure: Erasure = {
        id,
        org,
        kind,
        subject: sealFor(org).close(subject, subjectPlace(id)),
        requestedAt: clock(),
        requestedBy,
        state: 'waiting',
        finishedAt: 0,
        spans: 0,
        otherRows: 0,
        archivedRows: 0,
        error: '',
        revision: 0,
      };
      await saveErasure(store, erasure);
      for (const listener of listeners) listener();
      return erasure;
    },
    list: (search) => listErasures(store, search),
    onRequest: (listener) => listeners.push(listener),
  };
}

/** What the sealed subject of an erasure is bound to. */
export function subjectPlace(id: string): string {
  return `erasure ${id}`;
}
