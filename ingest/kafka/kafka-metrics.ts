import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of the sending end: a receiver. */
export function produceMetrics(registry: Registry) {
  const registers = [registry];
  const messages = new Counter({
    name: 'spanwarden_kafka_produced_messages_total',
    help: 'Messages committed by Kafka',
    registers,
  });
  const bytes = new Counter({
    name: 'spanwarden_kafka_produced_bytes_total',
    help: 'Bytes of messages committed by Kafka, compressed',
    registers,
  });
  const failures = new Counter({
    name: 'spanwarden_kafka_produce_failures_total',
    help: 'Sends that Kafka did not commit in time',
    registers,
  });
  const seconds = new Histogram({
    name: 'spanwarden_kafka_produce_seconds',
    help: 'Time until all in-sync replicas have a send',
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 20],
    registers,
  });
  return (sent: { messages: number; bytes: number; seconds: number; failed: boolean }): void => {
    if (sent.failed) failures.inc();
    else {
      messages.inc(sent.messages);
      bytes.inc(sent.bytes);
      seconds.observe(sent.seconds);
    }
  };
}

export type WorkMetrics = ReturnType<typeof workMetrics>;

/** Of the working end. `lag` answers messages not yet stored by partition. */
export function workMetrics(registry: Registry, lag: () => ReadonlyMap<number, number>) {
  const registers = [registry];
  new Gauge({
    name: 'spanwarden_kafka_lag',
    help: 'Messages of the topic that the group has not stored yet, by partition; whoever stores them',
    labelNames: ['partition'],
    registers,
    collect() {
      this.reset();
      for (const [partition, messages] of lag()) this.set({ partition: String(partition) }, messages);
    },
  });
  return {
    messages: new Counter({
      name: 'spanwarden_kafka_consumed_messages_total',
      help: 'Messages stored and committed by this worker',
      registers,
    }),
    bytes: new Counter({
      name: 'spanwarden_kafka_consumed_bytes_total',
      help: 'Bytes of those messages, compressed',
      registers,
    }),
    spans: new Counter({
      name: 'spanwarden_kafka_stored_spans_total',
      help: 'Spans that this worker stored',
      registers,
    }),
    seconds: new Histogram({
      name: 'spanwarden_kafka_batch_seconds',
      help: 'Time from fetching a batch to the commit of its offsets',
      buckets: [0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 120],
      registers,
    }),
    rebalances: new Counter({
      name: 'spanwarden_kafka_rebalances_total',
      help: 'Times that this worker was given partitions anew',
      registers,
    }),
    deadLetters: new Counter({
      name: 'spanwarden_kafka_dead_letters_total',
      help: 'Messages that could not be stored, by the kind of error',
      labelNames: ['code'],
      registers,
    }),
    paused: new Gauge({
      name: 'spanwarden_kafka_paused',
      help: 'Batches of this worker that wait for the store to come back',
      registers,
    }),
  };
}
