import type { z } from 'zod';
import { CodedError, ERRORS, type ErrorCode } from '../../engine/core/errors.ts';

export interface ApiTarget {
  /** Base URL, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** The API of a running server. Its problems come out as the CodedError that the server threw. */
export interface ApiClient {
  /** The answer as it came. */
  fetch(method: Method, path: string, body?: unknown): Promise<Response>;
  /** The answer's JSON, checked. */
  call<Shape extends z.ZodType>(shape: Shape, method: Method, path: string, body?: unknown): Promise<z.infer<Shape>>;
}

export function createApiClient({ url, token }: ApiTarget): ApiClient {
  const ask: ApiClient['fetch'] = async (method, path, body) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(`/api/v1${path}`, url), request).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (!response.ok) throw await problemOf(response, url);
    return response;
  };
  return {
    fetch: ask,
    call: async (shape, method, path, body) => {
      const answer = await ask(method, path, body);
      const parsed = shape.safeParse(await answer.json().catch(() => undefined));
      if (parsed.success) return parsed.data;
      throw new CodedError(
        'SERVER_UNREACHABLE',
        `${url} answers otherwise than this version expects: use the command line that the server came with`,
      );
    },
  };
}

/** `fetch` says only that it failed; its cause says why. */
function unreachable(url: string, error: unknown): CodedError {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  const reason = cause?.code ?? cause?.message ?? (error as Error).message;
  const message = /CERT|SIGNED/.test(reason)
    ? `the certificate of ${url} is not trusted (${reason}): name its issuer's file in NODE_EXTRA_CA_CERTS`
    : `no server answers at ${url} (${reason}): start one with "spanwarden start" or name another with --api`;
  return new CodedError('SERVER_UNREACHABLE', message, { cause: error });
}

async function problemOf(response: Response, url: string): Promise<CodedError> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Record<string, unknown>> | undefined;
  const code = problem?.['code'];
  if (typeof code !== 'string')
    return new CodedError(
      'SERVER_UNREACHABLE',
      `what answers at ${url} (HTTP ${response.status}) is no Spanwarden API: name the server with --api`,
    );
  const known: ErrorCode = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL';
  const detail = problem?.['detail'] ?? problem?.['title'];
  const mend =
    known === 'UNAUTHENTICATED' ? '; name one with --token, or the data folder of the server with --data' : '';
  return new CodedError(known, `${detail}${mend}`);
}
