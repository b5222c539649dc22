import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Alert } from '../../engine/core/alert.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { ROOT } from '../markdown.ts';
import { type RunningServer, startServer, until } from '../running-server.ts';

interface DemoServer {
  readonly alerts: Alert[];
  /** The alert that a rule raised. */
  alertOf(rule: string): Alert;
  /** The page of its session. */
  sessionPath(rule: string): string;
  /** Sends what is in an OTLP/JSON request. */
  send(resourceSpans: readonly object[]): Promise<void>;
}

/** Rules that the demo's sessions fire, which the tests look for. */
const FIRED = ['external-to-memory-write', 'step-count-blowup', 'prompt-hash-drift', 'leaked-secret'];

/** A server with the built pages and the demo's sessions, whose alerts are there. */
export async function demoServer(): Promise<RunningServer & DemoServer> {
  execFileSync(process.execPath, [join(ROOT, 'dashboards/web/build.ts'), '--if-stale'], { stdio: 'inherit' });
  const server = await startServer();
  await sendDemo({ url: server.otlp, baseTime: Date.now() - 60_000 });
  const alerts = await until(
    async () => {
      const { items } = await server.get<{ items: Alert[] }>('/alerts');
      return FIRED.every((rule) => items.some(({ rule_id }) => rule_id === rule)) && items;
    },
    60_000,
    'the alerts of the demo',
  );
  const send = async (resourceSpans: readonly object[]) => {
    const response = await fetch(`${server.otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans }),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
  };
  const alertOf = (rule: string) => alerts.find(({ rule_id }) => rule_id === rule)!;
  const sessionPath = (rule: string) => `/sessions/${encodeURIComponent(alertOf(rule).session_id)}`;
  return { ...server, alerts, alertOf, sessionPath, send };
}
