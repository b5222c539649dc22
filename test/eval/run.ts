/**
 * `npm run eval -- SPANS LABELS [--json]`: scores the built-in detections on labelled traces. SPANS is OTLP/JSON, one export request a
 * line (`.gz` or not); LABELS is NDJSON, one object a trace (labelled-trace.ts). Starts a server of its own in a temporary folder, posts
 * the spans over OTLP/HTTP, waits until every rule has seen them, reads the findings over the API. Labels are opened only then.
 */
import { openInput, replay } from '../../ingest/replay.ts';
import { startServer, until } from '../running-server.ts';
import { formatReport } from './format-report.ts';
import { readLabels } from './labelled-trace.ts';
import { score } from './score.ts';

const words = process.argv.slice(2).filter((word) => word !== '--');
const [spans, labels, ...more] = words.filter((word) => !word.startsWith('--'));
if (spans === undefined || labels === undefined || more.length > 0) {
  console.error('usage: npm run eval -- SPANS LABELS [--json]');
  process.exit(2);
}
const say = (text: string): void => void process.stderr.write(`${text}\n`);

say('starting a server in a temporary folder ...');
const server = await startServer();
try {
  const input = openInput([spans], process.stdin);
  let told = 0;
  const counts = await replay(input.lines, { url: server.otlp, token: server.ingestToken }, ({ sent, requests }) => {
    if (requests - told < 100) return;
    told = requests;
    say(`posted ${requests} requests, ${sent} spans (${Math.round((100 * input.read()) / input.size)} % of the file)`);
  });
  if (counts.failed > 0 || counts.rejected > 0) {
    for (const [reason, times] of counts.reasons) say(`refused ${times} times: ${reason}`);
    throw new Error(`${counts.rejected} spans were not accepted; a score without them would say nothing`);
  }
  say(`posted ${counts.requests} requests, ${counts.sent} spans; the rules are looking at them ...`);
  const rules = await rulesThatHaveSeenAll();
  const flagged = await flaggedTraces();
  const report = score(await readLabels(labels), rules, flagged);
  console.log(words.includes('--json') ? JSON.stringify(report, null, 2) : formatReport(report));
} finally {
  await server.stop();
}

/** Ids of the rules once each has been evaluated past the last span. */
async function rulesThatHaveSeenAll(): Promise<string[]> {
  const [[last]] = (await server.sql('SELECT max(IngestedAt) FROM otel_traces')) as [[string]];
  const end = `${last.replace(' ', 'T')}Z`;
  return until(
    async () => {
      const { items } = await server.get<{ items: { id: string; evaluated_to: string | null }[] }>('/rules');
      return items.every((rule) => rule.evaluated_to !== null && rule.evaluated_to > end) && items.map(({ id }) => id);
    },
    300_000,
    'rules that have seen every span',
  );
}

/** Ids of the traces that the evidence of each rule's findings names. */
async function flaggedTraces(): Promise<Map<string, Set<string>>> {
  const rows = await server.sql(
    'SELECT rule_id, groupUniqArrayArray(arrayMap(item -> item.trace_id, evidence)) FROM findings FINAL GROUP BY rule_id',
  );
  return new Map(rows.map(([rule, traces]) => [rule as string, new Set(traces as string[])]));
}
