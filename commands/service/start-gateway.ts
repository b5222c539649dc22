import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atRestKeys } from '../../engine/at-rest-keys.ts';
import type { Config } from '../../engine/config/settings-schema.ts';
import { systemClock as clock } from '../../engine/core/clock.ts';
import { listen } from '../../engine/listen.ts';
import { masterKey } from '../../engine/master-key.ts';
import { reloadTls } from '../../engine/reload-tls.ts';
import { tlsFiles } from '../../engine/tls-files.ts';
import { createGateway } from '../../ingest/gateway/gateway-server.ts';
import { printLine } from '../print-line.ts';
import { listenOtlp } from './listen-otlp.ts';
import { reasonOf } from './reason-of.ts';
import { secondScanOptions } from './second-scan-options.ts';
import { watchProcess } from './watch-process.ts';

/** `ingest --forward`: no store, no rules; what comes in is redacted and goes to the centre. */
export async function startGateway(config: Config, parts: AsyncDisposableStack, stopping: AbortSignal): Promise<void> {
  const { log, metrics } = watchProcess(config);
  const tls = tlsFiles(config);
  const key = masterKey(config.data, config.master_key, atRestKeys(config))(config.forward_org, 'redaction');
  const gateway = createGateway({
    clock,
    metrics,
    org: config.forward_org,
    redaction: { revision: '0', policy: {}, key, formerKeys: [] },
    secondScan: secondScanOptions(config),
    sendersToken: config.forward_senders_token,
    spool: {
      folder: config.forward_folder ?? join(config.data, 'forward'),
      mostBytes: config.forward_spool_bytes,
      mostAgeMs: config.forward_spool_hours * 3_600_000,
    },
    centre: {
      url: config.forward_url ?? '',
      token: config.forward_token,
      ca: config.forward_ca === undefined ? undefined : readFileSync(config.forward_ca),
    },
    tls: tls?.otlp,
    healthTls: tls?.api,
    log,
    reportFault: (error) => log.error({ reason: reasonOf(error) }, 'a request could not be taken'),
  });
  parts.defer(gateway.stop);
  if (tls) parts.defer(reloadTls({ settings: config, listeners: gateway.listeners, log }));
  stopping.throwIfAborted();
  const { host, port } = config;
  const api = await listen({ host, port, setting: 'port' }, () => gateway.listenHealth(host, port));
  printLine(`ready ${JSON.stringify({ api, ...(await listenOtlp(gateway, config)) })}`);
}
