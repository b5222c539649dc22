import { emptyAttributes } from '../core/attributes.ts';
import type { LogRecord } from '../core/log-record.ts';
import type { TestLog } from '../core/rule-test.ts';
import { testSessionId, testSpanId } from './test-spans.ts';

/** What stands between records that do not say when they were. */
const STEP_MS = 1_000;

/** A record as a sender would export it. It stands in a span of its id's name, so that evidence can name it. */
export function toLogRecord(test: string, source: TestLog, index: number, startMs: number): LogRecord {
  const name = source.id ?? `log ${index}`;
  const given: Record<string, string | number | boolean> = {
    ...(source.session !== '' && { 'session.id': testSessionId(test, source.session) }),
    'user.id': source.user,
    ...source.attributes,
  };
  return {
    timeUnixNano: BigInt(startMs + (source.at ?? index * STEP_MS)) * 1_000_000n,
    severityNumber: source.severity,
    severityText: '',
    body: source.body as LogRecord['body'],
    eventName: source.event,
    traceId: testSpanId(test, 'trace of logs').padEnd(32, '0'),
    spanId: testSpanId(test, name),
    flags: 0,
    resource: { attributes: Object.assign(emptyAttributes(), { 'service.name': source.service }) },
    scope: { name: 'rule-test', version: '1', attributes: emptyAttributes() },
    attributes: Object.assign(emptyAttributes(), given),
  };
}
