import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../engine/core/clock.ts';
import type { ForwardSpool } from './forward-spool.ts';
import type { ForwarderOptions } from './forwarder.ts';

/** Registers a gateway's metrics. */
export function forwardMetrics(
  registry: Registry,
  spool: Pick<ForwardSpool, 'bytes' | 'waiting' | 'oldest' | 'asideCount'>,
  clock: Clock,
): ForwarderOptions['observe'] {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('spanwarden_forward_spool_bytes', 'Bytes that a gateway keeps for the centre', spool.bytes);
  gauge('spanwarden_forward_waiting', 'Requests that wait for the centre', spool.waiting);
  gauge('spanwarden_forward_set_aside', 'Requests that the centre refused for good since the start', spool.asideCount);
  gauge('spanwarden_forward_oldest_seconds', 'How long the oldest request has waited for the centre', () => {
    const [oldest] = spool.oldest(1);
    return oldest === undefined ? 0 : Math.max(0, clock() - oldest.takenAt) / 1_000;
  });
  const requests = new Counter({
    name: 'spanwarden_forward_requests_total',
    help: 'Requests sent to the centre by signal and outcome',
    labelNames: ['signal', 'outcome'],
    registers,
  });
  const rejected = new Counter({
    name: 'spanwarden_forward_rejected_total',
    help: 'Records of a gateway that the centre rejected one by one',
    registers,
  });
  return (outcome, { signal }, records) => {
    requests.inc({ signal, outcome });
    rejected.inc(records);
  };
}
