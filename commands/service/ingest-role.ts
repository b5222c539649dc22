import { latestWatermark } from '../../engine/clickhouse/tables/watermarks.ts';
import { DEFAULT_ORG } from '../../engine/core/org.ts';
import { shareLowWater } from '../../engine/shared-low-water.ts';
import { createIngestServer } from '../../ingest/ingest-server.ts';
import { connectKafka } from '../../ingest/kafka/connect-kafka.ts';
import type { KafkaSettings } from '../../ingest/kafka/kafka-settings.ts';
import { rememberOrgs } from '../../ingest/kafka/remember-orgs.ts';
import type { Sender } from '../../ingest/otlp/receive-export.ts';
import type { Foundation } from './open-foundation.ts';
import { reasonOf } from './reason-of.ts';
import { secondScanOptions } from './second-scan-options.ts';

export interface IngestRoleOptions {
  /** Whether this process has the role; one of another role only hears how far the receivers are. */
  readonly runs: boolean;
  readonly kafka: KafkaSettings | undefined;
  /** Of Kafka mode, the one end that this process is. */
  readonly only: 'receive' | 'work' | undefined;
  /** Finds the org of an Authorization header. Throws UNAUTHENTICATED or FORBIDDEN. */
  readonly authenticate: (authorization: string | undefined) => Promise<Sender>;
}

/** The receivers and what stores behind them, and how far those of all processes are. The caller stops `server`, `parts` the rest. */
export async function openIngestRole(
  { config, clock, log, metrics, tls, store, keyFor, redaction, loopback }: Foundation,
  { runs, kafka, only, authenticate }: IngestRoleOptions,
  parts: AsyncDisposableStack,
) {
  // Known to this process alone, so that its canaries come in by the front like everybody's spans.
  const canaryToken = `Canary ${crypto.randomUUID()} `;
  const authenticateSender = kafka === undefined ? authenticate : rememberOrgs(authenticate, clock);
  const stores = runs && only !== 'receive';
  const receivers = store.kind === 'server' ? await shareLowWater({ store, log, stores }) : undefined;
  const open = async () =>
    createIngestServer({
      store,
      clock,
      metrics,
      floor: Math.max(await latestWatermark(store), receivers?.floor ?? 0),
      redaction: redaction.of,
      secondScan: secondScanOptions(config),
      // On loopback, spans without a token belong to the org that everyone has.
      authenticate: async (header) =>
        header?.startsWith(canaryToken)
          ? { org: header.slice(canaryToken.length) }
          : header === undefined && loopback
            ? { org: DEFAULT_ORG }
            : authenticateSender(header),
      reportFault: (error) => log.error({ reason: reasonOf(error) }, 'a request could not be stored'),
      ...(tls && { tls: tls.otlp }),
      ...(receivers && { isHeard: receivers.isHeard }),
      ...(kafka && {
        kafka: {
          connection: await connectKafka(kafka, log),
          ends: only ?? 'both',
          letterKey: (org: string) => keyFor(org, 'dead-letters'),
          log,
        },
      }),
    });
  const server = runs ? await open() : undefined;
  if (server && stores) receivers?.publish(server.lowWater);
  parts.defer(async () => receivers?.stop());
  return {
    server,
    /** Everything accepted before this (microseconds since 1970), by whichever process, is stored. */
    lowWater: receivers?.lowWater ?? (async () => server?.lowWater() ?? 0),
    /** The Authorization under which this process's own canaries come in. */
    canaryHeader: (org: string) => `${canaryToken}${org}`,
  };
}
