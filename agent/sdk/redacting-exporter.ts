import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { RedactionPolicy } from '../../engine/redaction/redaction-policy.ts';
import { createRedactor } from '../../engine/redaction/redactor.ts';
import { quietly } from './quietly.ts';
import { bareSpan, createSpanRedaction } from './redact-readable-span.ts';

export interface RedactionOptions {
  /**
   * What tokens are keyed by: the same value gives the same token wherever the key is the same. Default: one of this process
   * alone. `configure` makes one of the API key.
   */
  readonly key?: string | Uint8Array;
  /** As the server's; see docs/privacy.md. */
  readonly policy?: RedactionPolicy;
}

type ExportCallback = Parameters<SpanExporter['export']>[1];

const FAILED = 1;
/** How long the event loop is held up at most, but for a single span. */
const SLICE_MS = 10;

/**
 * Redacts every span before another exporter gets it. Fails closed: a span that can't be redacted goes out as ids and times
 * alone. An exporter that throws has failed to export, and nothing else happens. Throws RangeError for a policy that is not valid.
 */
export class RedactingSpanExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #redact: (span: ReadableSpan) => ReadableSpan;
  readonly #exports = new Set<Promise<void>>();

  constructor(inner: SpanExporter, { key, policy = {} }: RedactionOptions = {}) {
    this.#inner = inner;
    this.#redact = createSpanRedaction(createRedactor({ key: keyBytes(key), policy }));
  }

  export(spans: ReadableSpan[], callback: ExportCallback): void {
    const done = this.#export(spans, callback).finally(() => this.#exports.delete(done));
    this.#exports.add(done);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#exports);
    await this.#inner.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await Promise.all(this.#exports);
    await this.#inner.shutdown();
  }

  async #export(spans: readonly ReadableSpan[], callback: ExportCallback): Promise<void> {
    const redacted: ReadableSpan[] = [];
    let sliceStart = performance.now();
    for (const span of spans) {
      redacted.push(this.#redactOne(span));
      if (performance.now() - sliceStart < SLICE_MS) continue;
      await setImmediate();
      sliceStart = performance.now();
    }
    await new Promise<void>((resolve) => {
      const answer: ExportCallback = (result) => {
        resolve();
        callback(result);
      };
      try {
        this.#inner.export(redacted, answer);
      } catch (error) {
        answer({ code: FAILED, error: error instanceof Error ? error : new Error('the exporter threw') });
      }
    });
  }

  #redactOne(span: ReadableSpan): ReadableSpan {
    return quietly(() => this.#redact(span), undefined) ?? bareSpan(span);
  }
}

/** 32 bytes whatever was given; the label keeps the key apart from every other use of the same secret. */
function keyBytes(key: string | Uint8Array | undefined): Uint8Array {
  if (key === undefined || key.length === 0) return randomBytes(32);
  return createHash('sha256').update('spanwarden sdk redaction v1\0').update(key).digest();
}
