import { globSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sendDemo } from '../../../ingest/demo/send-demo.ts';
import { startServer, until } from '../../running-server.ts';

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { rawSql: string; queryType: string }[];
}
interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string }[] };
}

const dashboards = globSync('dashboards/grafana/dashboards/*.json').map(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as Dashboard,
);
const server = await startServer();
afterAll(() => server.stop());
await sendDemo({ url: server.otlp, baseTime: Date.now() - 60_000 });
await until(
  async () => (await server.get<{ items: unknown[] }>('/alerts')).items.length >= 4,
  60_000,
  'the alerts of the demo',
);

/** What the data source's plugin makes of its macros and of Grafana's variables, for the last day and every agent. */
function expanded(sql: string): string {
  return (
    sql
      .replaceAll(/\$__timeFilter\((\w+)\)/g, '$1 >= now() - 86400 AND $1 <= now() + 60')
      .replaceAll(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 300 second)')
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
      .replaceAll('${agent:singlequote}', 'SELECT AgentId FROM otel_traces')
  );
}

async function run(query: string): Promise<{ columns: { name: string; type: string }[]; rows: unknown[][] }> {
  const response = await fetch(`${server.api}/api/v1/sql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  return JSON.parse(answer);
}

describe.each(dashboards)('$uid', ({ panels, templating }) => {
  it.each(panels)('$title has rows on the demo', async ({ targets }) => {
    for (const { rawSql, queryType } of targets) {
      const { columns, rows } = await run(expanded(rawSql));
      expect(rows.length).toBeGreaterThan(0);
      if (queryType === 'timeseries')
        expect(columns[0]).toMatchObject({ name: 'time', type: expect.stringMatching(/^DateTime/) });
    }
  });

  it('fills its variables', async () => {
    for (const { type, query } of templating.list)
      if (type === 'query') expect((await run(query)).rows.length).toBeGreaterThan(0);
  });

  it('lays its panels out side by side, each with an id of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          taken.add(`${x} ${y}`);
        }
    }
  });
});
