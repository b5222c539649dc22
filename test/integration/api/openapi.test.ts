import { describe, expect, it } from 'vitest';
import { guardedStore } from './guarded-store.ts';
import { testApi } from './test-api.ts';

const { store } = await guardedStore();
const { app, as, tokens } = await testApi(store, { openMetrics: true });
const document = app.inject('/api/openapi.json').then((answer) => answer.json() as Document);

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>;
  security?: unknown[];
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

describe('the OpenAPI document', () => {
  it('says of every route how its problems look, and which need no token', async () => {
    const open: string[] = [];
    for (const [path, methods] of Object.entries((await document).paths)) {
      for (const { responses, security } of Object.values(methods)) {
        expect(Object.keys(responses.default?.content ?? {}), path).toEqual(['application/problem+json']);
        if (security?.length === 0) open.push(path);
      }
    }
    expect(open.filter((path) => !path.startsWith('/api/v1/')).sort()).toEqual(['/healthz', '/metrics', '/readyz']);
  });

  it('holds no pattern that a format says already', async () => {
    expect(JSON.stringify(await document)).not.toContain('[02468][048]');
  });
});

describe('times in requests', () => {
  it.each(['0711-11-02T12:57:04Z', '4414-04-07T22:03:53Z', '1969-12-31T23:59:59Z'])(
    'outside of what the store can hold are refused: %s',
    async (time) => {
      const admin = as(tokens.admin);
      for (const path of ['/overview', '/tools', '/agents', '/usage', '/sessions'])
        for (const name of ['from', 'to'])
          expect((await admin('GET', `/api/v1${path}?${name}=${time}`)).status, `${path} ${name}`).toBe(400);
      expect((await admin('GET', `/api/v1/alerts?since=${time}`)).status).toBe(400);
    },
  );

  it('may have any offset', async () => {
    const answer = await as(tokens.admin)(
      'GET',
      '/api/v1/tools?from=2026-01-01T00:00:00%2B02:00&to=2026-02-01T00:00:00Z',
    );
    expect(answer.status).toBe(200);
  });
});
