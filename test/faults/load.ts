import { setTimeout as wait } from 'node:timers/promises';
import type { OtlpEncoding } from '../../ingest/otlp/decode-export.ts';
import type { Random } from '../unit/ingest/otlp/random.ts';
import { exportOf } from '../unit/ingest/otlp/sample-request.ts';
import { post } from './post.ts';
import { type SampleSession, sampleSession } from './sample-sessions.ts';

/** An export request and what its sender knows of it. */
export interface SentRequest {
  readonly session: SampleSession;
  readonly spanIds: readonly string[];
  readonly encoding: OtlpEncoding;
  readonly body: Buffer;
  acknowledged: boolean;
  tries: number;
}

/**
 * Senders that never rest: they make up sessions and post their requests in mixed order. A request whose answer never came is sent
 * again as exporters do, but one in four is given up. A request that got a 200 is never sent again.
 */
export class Load {
  /** Everything that was ever sent. */
  readonly requests: SentRequest[] = [];
  /** Answers other than 200 and those that ask for a retry. */
  readonly unexpected: string[] = [];

  private readonly random: Random;
  private readonly workers: Promise<void>[];
  private readonly again: SentRequest[] = [];
  private fresh: SentRequest[] = [];
  private sessions = 0;
  private target: string | undefined;
  private finishing = false;
  private awake = Promise.withResolvers<void>();

  constructor(random: Random, workers: number) {
    this.random = random;
    this.workers = Array.from({ length: workers }, () => this.work());
  }

  /** Sends to this URL from now on. */
  resume(otlp: string): void {
    this.target = otlp;
    this.awake.resolve();
  }

  /** Begins no more requests until `resume`. */
  pause(): void {
    this.target = undefined;
    this.awake = Promise.withResolvers();
  }

  /** Makes up no more sessions; resolves when all that was to be sent again is acknowledged. */
  async finish(): Promise<void> {
    this.finishing = true;
    await Promise.all(this.workers);
  }

  /** Sessions that were acknowledged to their last span. */
  acknowledgedSessions(): SampleSession[] {
    const whole = new Map<SampleSession, number>();
    for (const { session, acknowledged } of this.requests)
      if (acknowledged) whole.set(session, (whole.get(session) ?? 0) + 1);
    return [...whole].filter(([session, count]) => count === session.requests.length).map(([session]) => session);
  }

  private async work(): Promise<void> {
    for (;;) {
      await this.awake.promise;
      const request = this.again.shift() ?? (this.finishing ? undefined : this.next());
      if (request === undefined) return;
      if (this.target === undefined) this.again.push(request);
      else await this.send(request, this.target);
    }
  }

  private async send(request: SentRequest, url: string): Promise<void> {
    request.tries += 1;
    const answer = await post(url, request.encoding, request.body).catch(() => undefined);
    if (answer?.status === 200) {
      request.acknowledged = true;
      if (answer.body.length > 2) this.unexpected.push(answer.body.toString());
    } else if (answer?.status === 429 || answer?.status === 503) {
      this.again.push(request);
      await wait(Number(answer.headers['retry-after']) * 1_000);
    } else if (answer !== undefined) this.unexpected.push(`${answer.status} ${answer.body}`);
    else if (!this.random.chance(0.25)) this.again.push(request);
  }

  private next(): SentRequest {
    if (this.fresh.length === 0) {
      const startMs = Date.now() - 60_000;
      const sessions = Array.from({ length: 14 }, () => sampleSession(this.sessions++, startMs));
      this.fresh = this.shuffle(
        sessions.flatMap((session) => session.requests.map((spans) => this.request(session, spans))),
      );
    }
    const request = this.fresh.pop()!;
    this.requests.push(request);
    return request;
  }

  private request(session: SampleSession, spans: SampleSession['requests'][number]): SentRequest {
    const encoding = this.random.pick(['protobuf', 'json'] as const);
    return {
      session,
      spanIds: spans.map((span) => span['spanId'] as string),
      encoding,
      body: exportOf(encoding, spans),
      acknowledged: false,
      tries: 0,
    };
  }

  private shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.random.below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
