import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApiClient } from '../../../dashboards/client/api-client.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A client of a server that answers so. */
async function clientOf(listener: RequestListener) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createApiClient({ url, token: 'spw_secret' });
}

const answering = (status: number, body: string) =>
  clientOf((_request, response) => response.writeHead(status).end(body));

describe('a call to the API', () => {
  it('sends the token and a JSON body, and answers what came', async () => {
    const client = await clientOf(async (request, response) => {
      const { method, url, headers } = request;
      const body = (await request.toArray()).join('');
      response.end(JSON.stringify({ method, url, token: headers.authorization, type: headers['content-type'], body }));
    });
    expect(await client.call(z.looseObject({}), 'POST', '/orgs', { slug: 'a' })).toEqual({
      method: 'POST',
      url: '/api/v1/orgs',
      token: 'Bearer spw_secret',
      type: 'application/json',
      body: '{"slug":"a"}',
    });
  });

  it.each([
    [
      'a problem',
      400,
      '{"code":"QUERY_REFUSED","detail":"The function file is not allowed"}',
      'QUERY_REFUSED',
      'The function file is not allowed',
    ],
    ['a problem without detail', 500, '{"code":"INTERNAL","title":"Internal error"}', 'INTERNAL', 'Internal error'],
    ['a problem of a newer server', 400, '{"code":"NEW_KIND","detail":"something new"}', 'INTERNAL', 'something new'],
    ['a problem named like a method', 400, '{"code":"toString","detail":"odd"}', 'INTERNAL', 'odd'],
    [
      'a token that is not known',
      401,
      '{"code":"UNAUTHENTICATED","detail":"The token is not valid"}',
      'UNAUTHENTICATED',
      /^The token is not valid; name one with --token/,
    ],
    ['another web server', 404, '<html>Not found</html>', 'SERVER_UNREACHABLE', /is no Spanwarden API/],
    ['another API', 404, '{"message":"no"}', 'SERVER_UNREACHABLE', /is no Spanwarden API/],
    ['an answer of another shape', 200, '{"else":1}', 'SERVER_UNREACHABLE', /answers otherwise than this version/],
    ['an answer that is no JSON', 200, 'hello', 'SERVER_UNREACHABLE', /answers otherwise than this version/],
  ])('tells of %s', async (_, status, body, code, message) => {
    const client = await answering(status, body);
    await expect(client.call(z.object({ items: z.array(z.string()) }), 'GET', '/orgs')).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('says how to mend it when nothing answers', async () => {
    const client = await answering(200, '');
    await new Promise((closed) => server!.close(closed));
    await expect(client.fetch('GET', '/orgs')).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringMatching(/^no server answers at .*ECONNREFUSED.*"spanwarden start".*--api$/),
    });
  });
});
