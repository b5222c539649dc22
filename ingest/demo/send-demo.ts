import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { CodedError } from '../../engine/core/errors.ts';
import { type DemoSession, demoSpans } from './demo-spans.ts';

export interface SendDemoOptions {
  /** Base URL of the OTLP port (`http://127.0.0.1:4318`) or the whole URL of its traces. */
  readonly url: string;
  readonly token?: string | undefined;
  /** See demoSpans: give the same time again and sending is a retry. */
  readonly baseTime: number;
  /** Called after each session that was acknowledged. */
  readonly onProgress?: (progress: DemoProgress) => void;
}

export interface DemoProgress {
  readonly session: DemoSession;
  /** Sessions and spans acknowledged so far. */
  readonly sessions: number;
  readonly spans: number;
  readonly totalSessions: number;
  readonly totalSpans: number;
}

const TRACES_PATH = '/v1/traces';
const TIMEOUT_MS = 30_000;
/** ExportResultCode.SUCCESS of OpenTelemetry. */
const EXPORTED = 0;

/**
 * Sends the demo's sessions, one export request each, oldest first, through OpenTelemetry's own OTLP/HTTP exporter. Throws
 * DELIVERY_FAILED at the first session that is not acknowledged.
 */
export async function sendDemo({
  url,
  token,
  baseTime,
  onProgress,
}: SendDemoOptions): Promise<{ sessions: number; spans: number }> {
  const demo = demoSpans(baseTime);
  const totals = { totalSessions: demo.length, totalSpans: demo.reduce((sum, { spans }) => sum + spans.length, 0) };
  const sent = { sessions: 0, spans: 0 };
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(url),
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    timeoutMillis: TIMEOUT_MS,
  });
  try {
    for (const session of demo) {
      await exportSpans(exporter, session);
      sent.sessions += 1;
      sent.spans += session.spans.length;
      onProgress?.({ session, ...sent, ...totals });
    }
  } finally {
    await exporter.shutdown();
  }
  return sent;
}

function exportSpans(exporter: OTLPTraceExporter, { name, spans }: DemoSession): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(spans as ReadableSpan[], ({ error, code }) => {
      if (code === EXPORTED) return resolve();
      const status = (error as { code?: number } | undefined)?.code;
      const answer = status === undefined ? 'did not answer' : `answered ${status}`;
      reject(
        new CodedError('DELIVERY_FAILED', `The OTLP endpoint ${answer} to demo session ${name}`, { cause: error }),
      );
    });
  });
}

function tracesUrl(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith(TRACES_PATH) ? base : `${base}${TRACES_PATH}`;
}
