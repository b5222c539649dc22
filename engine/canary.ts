import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Diagnostics } from './alerts/diagnostics.ts';
import type { Store } from './clickhouse/store.ts';
import { canaryFired, insertCanaryRun, removeCanarySpans } from './clickhouse/tables/canary-runs.ts';
import type { Clock } from './core/clock.ts';
import type { Finding } from './core/finding.ts';
import { orgDatabase } from './core/org.ts';
import type { Rule } from './core/rule.ts';
import { metaFinding, metaRule } from './detection/meta-findings.ts';

/** The rule that a canary has to set off: what it stands on, from the receiver to the record of findings, all rules stand on. */
export const CANARY_RULE = 'leaked-secret';

/** A canary's session id is believed this long, so that a stolen one hides nothing later. */
const BELIEVED_MS = 300_000;
const SILENT_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

/** An id that nobody without the key can make: findings about it raise nothing. */
export function canarySession(key: Uint8Array, now: number): string {
  return `canary-${now}-${signature(key, String(now))}`;
}

export function isCanarySession(key: Uint8Array, sessionId: string, now: number): boolean {
  const at = canarySentAt(key, sessionId);
  return at !== undefined && Math.abs(now - at) <= BELIEVED_MS;
}

/** When a canary's session was sent, milliseconds since 1970, however long ago; undefined for all others. */
export function canarySentAt(key: Uint8Array, sessionId: string): number | undefined {
  const [, at, signed] = /^canary-(\d{1,16})-([0-9a-f]{32})$/.exec(sessionId) ?? [];
  if (at === undefined) return undefined;
  return timingSafeEqual(Buffer.from(signed!), Buffer.from(signature(key, at))) ? Number(at) : undefined;
}

function signature(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

export interface CanaryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly everyMs: number;
  /** The orgs whose rules this process runs. */
  readonly orgs: () => Promise<readonly string[]>;
  readonly keyOf: (org: string) => Uint8Array;
  /** Posts a session with a made-up credential to the org's own receiver. */
  readonly send: (org: string, sessionId: string) => Promise<void>;
  readonly alert: (org: string, rule: Rule, findings: readonly Finding[]) => Promise<unknown>;
  readonly log: Diagnostics;
}

/** Sends canaries on a schedule and raises an alert about each that sets off nothing. */
export function keepCanaries(options: CanaryOptions) {
  const stopping = new AbortController();
  let round: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    round = options.orgs().then(
      (orgs) => Promise.all(orgs.map((org) => sendCanary(org, options, stopping.signal))),
      (error: unknown) => options.log.error({ err: error }, 'no canary was sent'),
    );
  }, options.everyMs).unref();
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      await round;
    },
  };
}

/** One canary, from sending to the record of what became of it. Never throws. */
export async function sendCanary(org: string, options: CanaryOptions, stopping: AbortSignal): Promise<void> {
  const { store, clock, log } = options;
  const database = orgDatabase(org);
  const sentAt = clock();
  const sessionId = canarySession(options.keyOf(org), sentAt);
  const run = { org, sessionId, ruleId: CANARY_RULE, sentAt, seconds: 0, error: '' };
  try {
    try {
      await options.send(org, sessionId);
    } catch {
      await insertCanaryRun(store, { ...run, state: 'unsent', error: 'the receiver did not take it' });
      return await tellSilent(org, sentAt, 'was not taken by the receiver', options);
    }
    const started = performance.now();
    while (performance.now() - started < SILENT_AFTER_MS && !stopping.aborted) {
      if (await canaryFired(store, database, CANARY_RULE, sessionId)) {
        const seconds = (performance.now() - started) / 1_000;
        await insertCanaryRun(store, { ...run, state: 'fired', seconds });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    if (stopping.aborted) return;
    await insertCanaryRun(store, { ...run, state: 'silent' });
    await tellSilent(org, sentAt, `raised nothing within ${SILENT_AFTER_MS / 1_000} s`, options);
  } catch (error) {
    log.error({ err: error, org }, 'a canary could not be watched');
  } finally {
    await removeCanarySpans(store, database, sessionId).catch(() => undefined);
  }
}

async function tellSilent(org: string, sentAt: number, what: string, { alert, clock }: CanaryOptions): Promise<void> {
  const at = new Date(sentAt).toISOString();
  const entity = { kind: 'rule', value: CANARY_RULE };
  const title = `The canary of ${at} ${what}`;
  const finding = metaFinding('canary-silent', entity, clock() * 1_000, String(sentAt), title, { sent_at: at });
  await alert(org, metaRule('canary-silent'), [finding]);
}
