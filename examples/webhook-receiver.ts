/**
 * Receives alerts from Spanwarden and prints them, after verifying their signature.
 *
 *     WEBHOOK_SECRET=<secret of the destination> PORT=8090 npx node examples/webhook-receiver.ts
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

/** Whether Spanwarden made this body within the last five minutes. `header` is X-Spanwarden-Signature. */
export function isGenuine(body: Buffer, header: string, secret: string, now = Date.now() / 1000): boolean {
  const [, time, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (time === undefined || signature === undefined || Math.abs(now - Number(time)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}

const MOST_BYTES = 1_000_000;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Delivery {
  readonly event: 'opened' | 'updated' | 'acknowledged' | 'closed';
  readonly delivery_id: string;
  readonly id: string;
  readonly severity: string;
  readonly rule_id: string;
  readonly title: string;
}

function listen(secret: string, port: number): void {
  // A delivery comes again when its answer was lost; keep these ids in your database.
  const taken = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await readBody(request).catch(() => undefined);
    const header = String(request.headers['x-spanwarden-signature'] ?? '');
    if (body === undefined || !isGenuine(body, header, secret)) {
      response.writeHead(401).end();
      return;
    }
    const delivery = JSON.parse(body.toString('utf8')) as Delivery;
    if (!taken.has(delivery.delivery_id)) {
      const { event, severity, rule_id, title, id } = delivery;
      process.stdout.write(`${event} ${severity} ${rule_id} ${title} (${id})\n`);
      taken.add(delivery.delivery_id);
    }
    response.writeHead(204).end();
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`listening on ${typeof address === 'object' ? address?.port : port}\n`);
  });
}

if (import.meta.main) {
  const { WEBHOOK_SECRET, PORT = '8090' } = process.env;
  if (WEBHOOK_SECRET === undefined) throw new Error('set WEBHOOK_SECRET to the secret of the destination');
  listen(WEBHOOK_SECRET, Number(PORT));
}
