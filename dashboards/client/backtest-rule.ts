import { existsSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { CodedError } from '../../engine/core/errors.ts';
import type { ApiClient } from './api-client.ts';
import { instant } from './instant.ts';

export interface BacktestRequest {
  /** Id of a deployed rule, or a file. */
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly json?: boolean | undefined;
  /** Shows how far it has come, of 100. */
  readonly show: (percent: number) => void;
}

const exampleSchema = z.looseObject({
  title: z.string(),
  starts_at: z.string(),
  evidence: z.array(z.object({ trace_id: z.string(), span_id: z.string(), note: z.string() })),
});

const resultSchema = z.looseObject({
  rule_id: z.string(),
  from: z.string(),
  to: z.string(),
  alerts: z.number(),
  alerts_a_week: z.number(),
  windows: z.number(),
  rows_read: z.number(),
  suppressed: z.number(),
  truncated_windows: z.number(),
  top_entities: z.array(z.object({ kind: z.string(), value: z.string(), alerts: z.number() })),
  examples: z.array(exampleSchema),
  diff: z
    .looseObject({
      deployed_version: z.number(),
      alerts_a_week: z.number(),
      added: z.number(),
      removed: z.number(),
      unchanged: z.number(),
      added_examples: z.array(exampleSchema),
      removed_examples: z.array(exampleSchema),
    })
    .nullable(),
});

const lineSchema = z.object({
  progress: z.number().optional(),
  result: resultSchema.optional(),
  problem: z.object({ detail: z.string() }).optional(),
});

/** Runs a backtest on the server and prints what the rule would have done. */
export async function backtestRule(server: ApiClient, request: BacktestRequest): Promise<void> {
  const { id, rule } = ruleOf(request.rule);
  const body = { from: instant(request.from), to: instant(request.to), progress: true, ...(rule && { rule }) };
  const answer = await server.fetch('POST', `/rules/${encodeURIComponent(id)}/backtest`, body);
  const input = Readable.fromWeb(answer.body as ReadableStream);
  for await (const line of createInterface({ input })) {
    const { progress, result, problem } = lineSchema.parse(JSON.parse(line));
    if (progress !== undefined) request.show(Math.round(progress * 100));
    if (problem !== undefined) throw new CodedError('RULE_FAILED', problem.detail);
    if (result !== undefined) {
      const lines = request.json ? [JSON.stringify(result, null, 2)] : reportOf(result);
      process.stdout.write(`${lines.join('\n')}\n`);
      return;
    }
  }
  throw new CodedError('SERVER_UNREACHABLE', 'the server ended before the backtest was done');
}

function ruleOf(rule: string): { id: string; rule?: { format: string; text: string } } {
  if (!existsSync(rule)) return { id: rule };
  const format = extname(rule).slice(1);
  if (format !== 'sql' && format !== 'yaml') {
    const mend = 'put a detector into a folder of SPANWARDEN_RULES with status experimental and name its id';
    throw new CodedError('USAGE', `${rule}: the server runs no code that it is sent; ${mend}`);
  }
  return { id: basename(rule, `.${format}`), rule: { format, text: readFileSync(rule, 'utf8') } };
}

function reportOf(result: z.infer<typeof resultSchema>): string[] {
  const { diff } = result;
  return [
    `${result.rule_id}, ${result.from} to ${result.to}`,
    `${result.alerts} alerts, ${result.alerts_a_week} a week; ${result.rows_read} rows read in ${result.windows} windows` +
      `${result.suppressed > 0 ? `; ${result.suppressed} suppressed` : ''}` +
      `${result.truncated_windows > 0 ? `; ${result.truncated_windows} windows held more than max_signals` : ''}`,
    ...result.top_entities.map(({ kind, value, alerts }) => `  ${String(alerts).padStart(6)}  ${kind} ${value}`),
    ...result.examples.flatMap(exampleLines),
    ...(diff === null
      ? []
      : [
          `against the deployed version ${diff.deployed_version} (${diff.alerts_a_week} a week): ${diff.added} added, ${diff.removed} removed, ${diff.unchanged} unchanged`,
          ...diff.added_examples.map((example) => `  + ${example.title}`),
          ...diff.removed_examples.map((example) => `  - ${example.title}`),
        ]),
  ];
}

function exampleLines({ title, starts_at, evidence }: z.infer<typeof exampleSchema>): string[] {
  return [`${starts_at}  ${title}`, ...evidence.map((span) => `    ${span.trace_id}/${span.span_id} ${span.note}`)];
}
