import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Alert } from '../../engine/core/alert.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { ROOT } from '../markdown.ts';
import { type RunningServer, startServer, until } from '../running-server.ts';

/** A server with the built pages and the demo's sessions, whose four alerts are there. */
export async function demoServer(): Promise<RunningServer & { alerts: Alert[] }> {
  execFileSync(process.execPath, [join(ROOT, 'dashboards/web/build.ts'), '--if-stale'], { stdio: 'inherit' });
  const server = await startServer();
  await sendDemo({ url: server.otlp, baseTime: Date.now() - 60_000 });
  const alerts = await until(
    async () => {
      const { items } = await server.get<{ items: Alert[] }>('/alerts');
      return items.length >= 4 && items;
    },
    60_000,
    'the alerts of the demo',
  );
  return { ...server, alerts };
}
