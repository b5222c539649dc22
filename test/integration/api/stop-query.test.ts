import { describe, it } from 'vitest';
import { until } from '../../running-server.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const { store } = await temporaryStore();
const api = await testApi(store);

describe('a query whose asker goes away', () => {
  it('is ended in the engine', async () => {
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const abort = new AbortController();
    const running = async () =>
      (await store.query("SELECT 1 FROM system.processes WHERE startsWith(Settings['log_comment'], 'sql ')")).length;
    const asked = fetch(`${address}/api/v1/sql`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${api.tokens.analyst}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'SELECT sum(cityHash64(a.number, b.number)) FROM numbers(1000000) AS a CROSS JOIN numbers(1000000) AS b',
      }),
    }).catch(() => undefined);
    const ended = asked.then((answer) => answer?.text());
    await until(async () => (await running()) > 0, 60_000, 'the query under way');
    abort.abort();
    await until(async () => (await running()) === 0, 60_000, 'the end of the query');
    await ended;
    await api.app.close();
  });
});
