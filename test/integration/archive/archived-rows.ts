import { ARCHIVED_TABLES } from '../../../engine/clickhouse/archived-tables.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { type Attributes, emptyAttributes } from '../../../engine/core/attributes.ts';
import { hash } from '../../../engine/core/finding.ts';
import type { Span } from '../../../engine/core/span.ts';

export interface Told {
  readonly trace: string;
  readonly span: string;
  readonly session: string;
  readonly user?: string;
  /** What a tool answered. */
  readonly result?: string;
  readonly tool?: string;
}

/** A call of a tool as an agent would report it, decoded; ids are made of what they are called. */
export function toolSpan({ trace, span, session, user, result = '', tool = 'read_file' }: Told): Span {
  return {
    traceId: traceId(trace),
    spanId: hash(span).slice(0, 16),
    parentSpanId: '',
    traceState: '',
    name: `execute_tool ${tool}`,
    kind: 'Internal',
    startTimeUnixNano: 1_795_000_000_123_456_789n,
    endTimeUnixNano: 1_795_000_001_000_000_001n,
    statusCode: 'Ok',
    statusMessage: '',
    resource: { attributes: attributes({ 'service.name': 'helpdesk' }) },
    scope: { name: 'test', version: '1', attributes: emptyAttributes() },
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.agent.id': 'agent-1',
      'gen_ai.conversation.id': session,
      'gen_ai.tool.call.result': result,
      ...(user !== undefined && { 'user.id': user }),
    }),
    events: [],
    links: [],
  };
}

export function traceId(name: string): string {
  return hash(name);
}

function attributes(values: Record<string, Attributes[string]>): Attributes {
  return Object.assign(emptyAttributes(), values);
}

/** Every row of every archived table of org `default`, each once, as the engine writes it. */
export async function dump(store: Store): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const { table } of ARCHIVED_TABLES) {
    const options = { database: 'org_default' };
    const { body } = await store.raw(`SELECT * FROM ${table} FINAL ORDER BY ALL`, 'JSONEachRow', {}, options);
    tables[table] = body.toString('utf8').split('\n');
  }
  return tables;
}
