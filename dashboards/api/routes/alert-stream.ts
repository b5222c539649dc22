import type { AlertEvent } from '../../../engine/core/alert.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

/** Streams open at once in this process; each costs a socket and a listener. */
const MOST_STREAMS = 100;
const HEARTBEAT_MS = 15_000;
/** A reader that is so far behind is cut off; it comes back and reads the list. */
const MOST_UNSENT_BYTES = 1_000_000;

/**
 * Alert events as they are written (server-sent events, the log entry's id as event id). Nothing is replayed: after a
 * reconnection, and when events were dropped, `resync` tells the reader to read the list again.
 */
export const alertStreamRoutes: Routes = (app, { alerts }, { heartbeatMs = HEARTBEAT_MS }) => {
  let open = 0;
  app.get(
    '/api/v1/alerts/stream',
    { config: { permission: 'alerts:read' }, schema: { produces: ['text/event-stream'] } },
    async (request, reply) => {
      const { onEvent } = await alerts(principalOf(request).org);
      if (open >= MOST_STREAMS) throw new CodedError('OVERLOADED', 'Too many streams are open');
      open += 1;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...headersOf(reply.getHeaders()),
        'content-type': 'text/event-stream',
        'x-accel-buffering': 'no',
      });
      const send = (chunk: string): void => {
        raw.write(chunk);
        if (raw.writableLength > MOST_UNSENT_BYTES) raw.destroy();
      };
      send(`retry: 2000\n${request.headers['last-event-id'] === undefined ? ': open\n\n' : resync()}`);
      const stop = onEvent((event, missed) => send(`${missed > 0 ? resync() : ''}${eventText(event)}`));
      // Whoever was signed out, disabled or lost their role meanwhile hears no more.
      const heartbeat = setInterval(() => {
        request.authenticateAgain().then(
          () => send(': alive\n\n'),
          () => raw.destroy(),
        );
      }, heartbeatMs);
      raw.on('close', () => {
        open -= 1;
        clearInterval(heartbeat);
        stop();
      });
    },
  );
};

function resync(): string {
  return 'event: resync\ndata: {}\n\n';
}

function eventText(event: AlertEvent): string {
  const data = {
    alert_id: event.alert_id,
    event: event.type,
    at: rfc3339(event.at),
    actor: event.actor,
    rule_id: event.rule_id,
    title: event.title,
    severity: event.severity,
    risk_score: event.risk_score,
    session_id: event.session_id,
    detail: event.detail,
  };
  // JSON text has no raw line ends, so it is one data line.
  return `id: ${event.event_id}\nevent: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function headersOf(
  headers: ReturnType<import('fastify').FastifyReply['getHeaders']>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(String) : String(value)]],
    ),
  );
}
