import { Readable } from 'node:stream';
import { z } from 'zod';
import { ruleQueries } from '../../../engine/clickhouse/rule-queries.ts';
import { guardQuery } from '../../../engine/clickhouse/sql-guard/guard-query.ts';
import { DEFAULT_QUERY_LIMITS } from '../../../engine/clickhouse/sql-guard/query-limits.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { listExceptions } from '../../../engine/clickhouse/tables/exceptions.ts';
import { firstIngested } from '../../../engine/clickhouse/tables/sessions.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { evidenceSchema } from '../../../engine/core/finding.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import type { Rule } from '../../../engine/core/rule.ts';
import { rfc3339, timestampMicros, timestampText } from '../../../engine/core/timestamp.ts';
import type { Window } from '../../../engine/core/window.ts';
import { type BacktestDiff, type BacktestRun, backtest, backtestDiff } from '../../../engine/detection/backtest.ts';
import { parseRuleText } from '../../../engine/detection/load-rules.ts';
import { may } from '../../auth/permissions.ts';
import { principalOf } from '../guard-access.ts';
import { progressLines } from '../progress-lines.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

/** Longest range of one backtest, days. */
const MOST_DAYS = 92;
const DAY_MICROS = 86_400_000_000;

const bodySchema = z.strictObject({
  from: z.string().describe('RFC 3339; on the time spans were accepted'),
  to: z.string(),
  /** A rule that is not deployed: the text of its file. */
  rule: z.strictObject({ format: z.enum(['sql', 'yaml']), text: z.string().min(1).max(200_000) }).optional(),
  progress: z
    .boolean()
    .default(false)
    .describe('Answer as NDJSON: lines {"progress"}, at last {"result"} or {"problem"}'),
});

const exampleSchema = z.object({
  title: z.string(),
  entity: z.object({ kind: z.string(), value: z.string() }),
  session_id: z.string(),
  starts_at: z.string(),
  ends_at: z.string(),
  evidence: z.array(evidenceSchema),
  values: z.record(z.string(), z.string()),
});

const diffSchema = z.object({
  deployed_version: z.number(),
  alerts_a_week: z.number(),
  added: z.number(),
  removed: z.number(),
  unchanged: z.number(),
  added_examples: z.array(exampleSchema),
  removed_examples: z.array(exampleSchema),
});

const answerSchema = z.object({
  rule_id: z.string(),
  from: z.string(),
  to: z.string(),
  rule_version: z.number(),
  windows: z.number(),
  rows_read: z.number(),
  alerts: z.number(),
  alerts_a_week: z.number(),
  suppressed: z.number().describe('Held back by exceptions or suppression'),
  days: z
    .array(z.object({ day: z.string(), alerts: z.number(), suppressed: z.number(), excepted: z.number() }))
    .describe('By the day on which what was found ended, UTC; suppressed by the rule itself, excepted by the org'),
  truncated_windows: z.number().describe('Windows with more findings than max_signals'),
  top_entities: z.array(z.object({ kind: z.string(), value: z.string(), alerts: z.number() })),
  examples: z.array(exampleSchema),
  diff: diffSchema
    .nullable()
    .describe('Against the deployed rule of that id; null when there is none or it is that one'),
});

const byId = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(200),
});

export const backtestRoutes: Routes = (app, { rules, store, clock }) => {
  const isStructuralKey = createStructuralKeys();
  /** Orgs with a backtest under way: each has one, so that production goes on. */
  const running = new Set<string>();

  app.post(
    '/api/v1/rules/:id/backtest',
    {
      config: { permission: 'sql:run' },
      schema: { params: byId, body: bodySchema, response: { 200: answerSchema } },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { from, to, rule: given, progress } = request.body;
      const range = rangeOf(from, to);
      const database = orgDatabase(principal.org);
      const deployed = (await rules(principal.org)).find((rule) => rule.id === request.params.id);
      const tested =
        given === undefined
          ? deployed
          : parseRuleText(request.params.id, `${request.params.id}.${given.format}`, given.text);
      if (tested === undefined) throw new CodedError('NOT_FOUND', 'There is no such rule; send its text as rule');
      if (given !== undefined) {
        // What it finds is shown; people read content behind the glass alone.
        const mayReadContent = principal.kind === 'token' && may(principal.role, 'content:read');
        await guardRule(store, tested, range, { database, mayReadContent, isStructuralKey });
      }
      if (running.has(principal.org)) {
        throw new CodedError('OVERLOADED', 'A backtest of this org is under way; try again when it is done');
      }
      const signal = new AbortController();
      reply.raw.once('close', () => signal.abort());
      running.add(principal.org);
      const work = (onProgress: (share: number) => void) =>
        run({ store, database, tested, deployed, range, now: clock() }, onProgress, signal.signal).finally(() =>
          running.delete(principal.org),
        );
      if (!progress) return work(() => {});
      const lines = progressLines<number>(
        (onProgress) => work((share) => onProgress(Number(share.toFixed(4)))),
        'The backtest failed',
      );
      return reply.type('application/x-ndjson').send(Readable.from(lines) as never);
    },
  );
};

interface Asked {
  readonly store: Store;
  readonly database: string;
  readonly tested: Rule;
  readonly deployed: Rule | undefined;
  readonly range: Window;
  /** Milliseconds since 1970, for exceptions that have run out. */
  readonly now: number;
}

async function run(asked: Asked, onProgress: (share: number) => void, signal: AbortSignal) {
  const { store, database, tested, deployed, range, now } = asked;
  const queries = {
    ...ruleQueries(store, database),
    anyIngested: async (window: Window) => (await firstIngested(store, database, window)) !== undefined,
  };
  const exceptions = await listExceptions(store, database);
  const compared = deployed !== undefined && deployed !== tested;
  const scale = compared ? 0.5 : 1;
  const result = await backtest(tested, range, queries, {
    exceptions,
    now,
    signal,
    onProgress: (share) => onProgress(share * scale),
  });
  let diff: BacktestDiff | null = null;
  if (compared) {
    const before: BacktestRun = await backtest(deployed, range, queries, {
      exceptions,
      now,
      signal,
      onProgress: (share) => onProgress(0.5 + share / 2),
    });
    diff = backtestDiff(before, result);
  }
  const times = { from: rfc3339(timestampText(range.from)), to: rfc3339(timestampText(range.to)) };
  return { rule_id: tested.id, ...times, ...result.summary, diff };
}

/** A rule that somebody sends is held to what they may query themselves: their own org, tables and columns. */
async function guardRule(
  store: Store,
  rule: Rule,
  range: Window,
  who: Pick<Parameters<typeof guardQuery>[1], 'database' | 'mayReadContent' | 'isStructuralKey'>,
): Promise<void> {
  if (rule.kind !== 'sql') return;
  const parameters = { ...rule.metadata.params, from: timestampText(range.from), to: timestampText(range.to) };
  await guardQuery(store, { query: rule.query, parameters, ...who }, DEFAULT_QUERY_LIMITS);
}

function rangeOf(from: string, to: string): Window {
  const range = { from: timestampMicros(from), to: timestampMicros(to) };
  if (!(range.from < range.to))
    throw new CodedError('BAD_REQUEST', 'from and to: RFC 3339 times in UTC, from before to');
  if (range.to - range.from > MOST_DAYS * DAY_MICROS) {
    throw new CodedError('BAD_REQUEST', `from and to: at most ${MOST_DAYS} days lie between them`);
  }
  return range;
}
