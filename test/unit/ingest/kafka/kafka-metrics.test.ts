import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { produceMetrics, workMetrics } from '../../../../ingest/kafka/kafka-metrics.ts';
import { quotedIn, readPage, tableRows } from '../../../markdown.ts';

it('docs/scaling.md names exactly the metrics of Kafka mode', async () => {
  const registry = new Registry();
  produceMetrics(registry);
  workMetrics(registry, () => new Map([[0, 1]]));
  const served = [...(await registry.metrics()).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  const named = tableRows(readPage('docs/scaling.md'), 'Metrics of Kafka mode').map(
    ([name, type]) => `${quotedIn(name!)[0]} ${type}`,
  );
  expect(named.sort()).toEqual(served.sort());
});

it('tells the lag of each partition, and of none while it is not known', async () => {
  const registry = new Registry();
  let lag = new Map([[3, 7]]);
  workMetrics(registry, () => lag);
  expect(await registry.metrics()).toContain('spanwarden_kafka_lag{partition="3"} 7');
  lag = new Map();
  expect(await registry.metrics()).not.toContain('spanwarden_kafka_lag{');
});
