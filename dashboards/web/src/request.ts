/** An answer that is no success, as the problem document of the API tells it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  /** Where in a query it is, when the server knows. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body['detail'] ?? body['title'] ?? `The server answered ${status}`));
    this.status = status;
    this.code = String(body['code'] ?? '');
    this.requestId = String(body['request_id'] ?? '');
    this.extra = body;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Path with those parameters that have a value. */
export function pathOf(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs as [string, string][])}`;
}

/** Asks the API of the page's own server. Throws Problem. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The same for an answer that is a file. */
export async function requestFile(path: string, body: unknown): Promise<Blob> {
  return (await send('POST', path, body)).blob();
}

/** Hears each line of an NDJSON answer as it comes. */
export async function requestLines(
  path: string,
  body: unknown,
  hear: (line: Record<string, unknown>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const reader = (await send('POST', path, body, signal)).body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : lines.pop()!;
    for (const line of lines) if (line !== '') hear(JSON.parse(line) as Record<string, unknown>);
    if (done) return;
  }
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    credentials: 'same-origin',
    headers: { 'x-spanwarden-csrf': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Problem(0, { title: 'The server does not answer' });
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response;
}
