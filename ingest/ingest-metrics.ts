import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Exchange } from './otlp/otlp-receiver.ts';

export interface IngestObserver {
  /** Hears of every export request. */
  exchange(exchange: Exchange): void;
  /** By second scanner: values that only it found in a request; -1 when it failed. */
  scannedAgain(found: Readonly<Record<string, number>>): void;
}

/** Registers the ingest role's metrics. */
export function ingestMetrics(registry: Registry, queuedBytes: () => number): IngestObserver {
  const registers = [registry];
  const requests = new Counter({
    name: 'spanwarden_otlp_requests_total',
    help: 'Export requests by signal, HTTP status and encoding; over gRPC by the status that stands for its own',
    labelNames: ['signal', 'status', 'encoding'],
    registers,
  });
  const seconds = new Histogram({
    name: 'spanwarden_otlp_request_seconds',
    help: 'Time from the head of an export request to its answer, which is when all of it is stored',
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10],
    registers,
  });
  const accepted = new Counter({ name: 'spanwarden_spans_accepted_total', help: 'Spans stored', registers });
  const rejected = new Counter({
    name: 'spanwarden_spans_rejected_total',
    help: 'Spans refused one by one',
    registers,
  });
  const records = new Counter({
    name: 'spanwarden_otlp_records_total',
    help: 'Log records and data points by signal and whether they were stored',
    labelNames: ['signal', 'outcome'],
    registers,
  });
  const bytes = new Counter({
    name: 'spanwarden_otlp_bytes_total',
    help: 'Bytes of request bodies, decompressed',
    registers,
  });
  new Gauge({
    name: 'spanwarden_ingest_queued_bytes',
    help: 'Bytes of requests accepted and not yet stored',
    registers,
    collect() {
      this.set(queuedBytes());
    },
  });
  const onlySecond = new Counter({
    name: 'spanwarden_redaction_second_only_total',
    help: 'Values that redaction let through and a second scanner found',
    labelNames: ['scanner'],
    registers,
  });
  const failures = new Counter({
    name: 'spanwarden_redaction_second_failures_total',
    help: 'Requests stored without a second scanner that is optional and failed',
    labelNames: ['scanner'],
    registers,
  });
  return {
    exchange(exchange) {
      requests.inc({
        signal: exchange.signal,
        status: String(exchange.status),
        encoding: exchange.encoding ?? 'other',
      });
      seconds.observe(exchange.seconds);
      if (exchange.signal === 'traces') {
        accepted.inc(exchange.accepted);
        rejected.inc(exchange.rejected);
      } else {
        records.inc({ signal: exchange.signal, outcome: 'accepted' }, exchange.accepted);
        records.inc({ signal: exchange.signal, outcome: 'rejected' }, exchange.rejected);
      }
      bytes.inc(exchange.receivedBytes);
    },
    scannedAgain(found) {
      for (const scanner in found) {
        if (found[scanner]! < 0) failures.inc({ scanner });
        else onlySecond.inc({ scanner }, found[scanner]!);
      }
    },
  };
}
