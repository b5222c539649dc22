import type { FastifyRequest } from 'fastify';
import { activeGrants, type ContentGrant, listContentGrants } from '../../engine/clickhouse/tables/content-grants.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { orgDatabase } from '../../engine/core/org.ts';
import { compileBuiltInScanner, createRedactor, type Redactor } from '../../engine/redaction/redactor.ts';
import { may } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import { audit } from './audit.ts';
import { type ContentSubject, isAuthor, type StoredIdentity, sessionsOfTrace } from './queries/authors.ts';
import type { ApiServices } from './services.ts';

/** Why somebody sees what was said, or that they do not. */
export type ContentReason = 'author' | 'break-glass' | 'hidden';

/** Orgs whose redactor is kept ready. */
const MOST_REDACTORS = 50;

/** Decides who sees what people, models and tools said: its author; who broke the glass for it; nobody else. */
export interface ContentAccess {
  /** Throws NOT_FOUND, as for what is not there, to those who may see their own sessions alone when it is not theirs. */
  to(principal: Principal, subject: ContentSubject): Promise<ContentReason>;
  /** In SQL: an admin's token, and who broke the glass for it. */
  inSql(principal: Principal): Promise<boolean>;
  identitiesOf(principal: Principal): Promise<StoredIdentity[]>;
  /** Grants on what the asker wrote; of one session or trace when given. */
  grantsOnOwn(principal: Principal, subject?: string): Promise<ContentGrant[]>;
}

export function createContentAccess({ store, clock, redaction }: ApiServices): ContentAccess {
  const redactors = new Map<string, { readonly revision: string; readonly all: readonly Redactor[] }>();
  let scanner: ReturnType<typeof compileBuiltInScanner> | undefined;

  /** The org's redactor, and those under its keys of before. */
  async function redactorsOf(org: string): Promise<readonly Redactor[]> {
    const { revision, policy, key, formerKeys } = await redaction.of(org);
    const known = redactors.get(org);
    if (known?.revision === revision) return known.all;
    scanner ??= compileBuiltInScanner();
    const shared = scanner;
    const all = [key, ...formerKeys].map((one) => createRedactor({ key: one, policy, scanner: shared }));
    if (redactors.size >= MOST_REDACTORS) redactors.clear();
    redactors.set(org, { revision, all });
    return all;
  }

  async function identitiesOf({ org, userIds }: Principal): Promise<StoredIdentity[]> {
    if (userIds.length === 0) return [];
    const all = await redactorsOf(org);
    return all.flatMap((redactor) => userIds.flatMap((id) => storedAs(redactor, id)));
  }

  async function hasGrant(principal: Principal, subject: ContentSubject): Promise<boolean> {
    if (!may(principal.role, 'content:open')) return false;
    const grants = await activeGrants(store, principal.org, principal.id, clock());
    const opened = (scope: ContentGrant['scope'], id: string) =>
      grants.some((grant) => grant.scope === scope && grant.subject === id);
    if (grants.length === 0) return false;
    if ('session' in subject) return opened('session', subject.session);
    if (opened('trace', subject.trace)) return true;
    const sessions = await sessionsOfTrace(store, orgDatabase(principal.org), subject.trace);
    return sessions.length > 0 && sessions.every((session) => session !== '' && opened('session', session));
  }

  return {
    identitiesOf,
    to: async (principal, subject) => {
      const database = orgDatabase(principal.org);
      if (await isAuthor(store, database, subject, await identitiesOf(principal))) return 'author';
      if (!may(principal.role, 'traces:read'))
        throw new CodedError('NOT_FOUND', `There is no such ${'session' in subject ? 'session' : 'trace'}`);
      return (await hasGrant(principal, subject)) ? 'break-glass' : 'hidden';
    },
    inSql: async (principal) => {
      if (principal.kind === 'token') return may(principal.role, 'content:read');
      if (!may(principal.role, 'content:open')) return false;
      const grants = await activeGrants(store, principal.org, principal.id, clock());
      return grants.some(({ scope }) => scope === 'sql');
    },
    grantsOnOwn: async (principal, subject) => {
      const identities = await identitiesOf(principal);
      if (identities.length === 0) return [];
      const grants = await listContentGrants(store, principal.org, subject);
      return grants.filter((grant) => grant.scope === 'sql' || identities.some((identity) => isAmong(grant, identity)));
    },
  };
}

/** Reading by broken glass is on record each time, before the answer goes out. */
export async function recordOpened(
  services: Pick<ApiServices, 'store' | 'clock'>,
  request: FastifyRequest,
  reason: ContentReason,
  subject: ContentSubject,
): Promise<void> {
  if (reason !== 'break-glass') return;
  const [scope, id] = 'session' in subject ? ['session', subject.session] : ['trace', subject.trace];
  await audit(services, request, 'content.read', `${scope} ${id}`);
}

/** None where the stored text tells nobody apart: dropped values, and ids of several tokens. */
function storedAs(redactor: Redactor, id: string): StoredIdentity[] {
  const { text, findings } = redactor.redactText(id);
  if (findings.length === 0) return [{ text, print: '' }];
  const [only] = findings;
  return findings.length === 1 && only!.fingerprint !== '' ? [{ text, print: only!.fingerprint }] : [];
}

function isAmong({ author_ids, author_prints }: ContentGrant, { text, print }: StoredIdentity): boolean {
  return author_ids.some((id, index) => id === text && (print === '' || author_prints[index] === print));
}
