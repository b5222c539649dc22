import { createAuthenticator } from '../../dashboards/auth/authenticator.ts';
import { firstCredentials } from '../../dashboards/auth/first-credentials.ts';
import type { Config } from '../../engine/config/settings-schema.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { keepRetention } from '../../engine/keep-retention.ts';
import { listen } from '../../engine/listen.ts';
import { reloadTls } from '../../engine/reload-tls.ts';
import { openStoredData } from '../../engine/stored-data.ts';
import type { DemoAlert } from '../../ingest/demo/show-demo.ts';
import { kafkaSettings } from '../../ingest/kafka/kafka-settings.ts';
import { printLine } from '../print-line.ts';
import { openDashboardsRole } from './dashboards-role.ts';
import { openEngineRole } from './engine-role.ts';
import { openIngestRole } from './ingest-role.ts';
import { listenOtlp } from './listen-otlp.ts';
import { openFoundation } from './open-foundation.ts';
import { requireSharedStore } from './require-shared-store.ts';
import { sendCanaries } from './send-canaries.ts';
import type { Role, ServiceOptions } from './service-options.ts';

/** Starts all roles, or one, and wires them together. What `parts` hears of last is stopped first. */
export async function startRoles(
  options: ServiceOptions,
  config: Config,
  parts: AsyncDisposableStack,
  stopping: AbortSignal,
): Promise<void> {
  const runs = (role: Role): boolean => options.role === undefined || options.role === role;
  requireSharedStore(options.role, config);
  const kafka = kafkaSettings(config);
  if (options.only !== undefined && kafka === undefined)
    throw new CodedError('USAGE', '--only parts the ends of Kafka mode: set SPANWARDEN_KAFKA_BROKERS');

  const foundation = await openFoundation(config, parts, stopping);
  const { store, clock, log, tls, keyFor, sealed } = foundation;
  const credentials = runs('dashboards') ? await firstCredentials(store, config.data, clock) : undefined;
  stopping.throwIfAborted();

  const authenticator = createAuthenticator(store, clock);
  const {
    server: ingest,
    lowWater,
    canaryHeader,
  } = await openIngestRole(
    foundation,
    { runs: runs('ingest'), kafka, only: options.only, authenticate: authenticator.authenticateIngest },
    parts,
  );
  const stored = openStoredData({ store, clock, log, keyFor, sealed, settings: config });
  parts.defer(stored.close);
  const opened: DemoAlert[] = [];
  const engine = openEngineRole(
    foundation,
    {
      runs: runs('engine'),
      lowWater,
      onAlertEvent: (_org, event) => {
        if (options.demo && event.type === 'opened') opened.push({ ...event, id: event.alert_id });
      },
    },
    parts,
  );
  if (runs('engine')) {
    parts.defer(keepRetention({ store, clock, log }).stop);
    parts.defer(stored.keep(engine.orgsHeld, lowWater).stop);
  }
  const api = await openDashboardsRole(foundation, {
    runs: runs('dashboards'),
    authenticator,
    alerts: engine.alerting,
    summaries: engine.summaries,
    erasures: stored.erasures,
    archives: stored.archives,
  });
  parts.defer(() => api.close());
  parts.defer(async () => ingest?.stop());
  if (tls) parts.defer(reloadTls({ settings: config, listeners: { otlp: ingest?.server, api: api.server }, log }));

  const { host, port } = config;
  const apiUrl = await listen({ host, port, setting: 'port' }, () => api.listen({ host, port }));
  const otlp = ingest && options.only !== 'work' ? await listenOtlp(ingest, config) : undefined;
  stopping.throwIfAborted();
  const stopCanaries =
    otlp && runs('engine') && sendCanaries(foundation, { otlp: otlp.otlp, headerOf: canaryHeader, engine });
  if (stopCanaries) parts.defer(stopCanaries);
  if (credentials?.created) printLine(`tokens for the API and for senders are in ${credentials.path}`);
  printLine(`ready ${JSON.stringify({ api: apiUrl, ...otlp })}`);
  if (!options.demo || !otlp) return;

  const { runDemo } = await import('./run-demo.ts');
  const alerts = await runDemo(foundation, { otlp: otlp.otlp, pages: apiUrl, engine, opened, stopping });
  printLine(`${alerts} alerts. The server stays up; the admin token for the API is in ${credentials?.path}`);
}
