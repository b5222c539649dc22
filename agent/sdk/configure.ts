import {
  type Attributes,
  context,
  diag,
  ProxyTracerProvider,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { CodedError } from '../../engine/core/errors.ts';
import { RedactingSpanExporter, type RedactionOptions } from './redacting-exporter.ts';
import { SpanwardenSpanProcessor } from './span-processor.ts';

export interface SpanwardenOptions {
  /** Where Spanwarden takes OTLP: `https://spanwarden.example`. Default: as OTEL_EXPORTER_OTLP_ENDPOINT says. */
  readonly endpoint?: string;
  /** An ingest token. */
  readonly apiKey?: string;
  /** Default: as OTEL_SERVICE_NAME says. */
  readonly serviceName?: string;
  /** More attributes of the resource. */
  readonly resource?: Attributes;
  readonly redaction?: RedactionOptions;
  /** Default: as OTEL_TRACES_SAMPLER says, which is every span. */
  readonly sampler?: Sampler;
  /** In place of OTLP over HTTP. It gets redacted spans. */
  readonly exporter?: SpanExporter;
  /** Milliseconds until a batch is sent (default 1,000). */
  readonly scheduledDelayMillis?: number;
  /** Milliseconds that sending a batch may take, attempts included (default 10,000). */
  readonly timeoutMillis?: number;
  /** Further processors. They get spans as they are, before redaction. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Whether to make the provider OpenTelemetry's global one (default true). */
  readonly register?: boolean;
}

export interface Spanwarden {
  readonly provider: BasicTracerProvider;
  /** Resolves when all that has ended is sent; rejects when it could not be. */
  forceFlush(): Promise<void>;
  /** Sends what is left and ends; the next `configure` starts anew. */
  shutdown(): Promise<void>;
}

/** Flattened conversations have an attribute a message; at OpenTelemetry's default of 128 they would lose their end. */
const ATTRIBUTE_COUNT_LIMIT = 4096;
/** What Node waits for when nothing else is left to do. */
const EXIT_FLUSH_MS = 5_000;

const configured = new WeakMap<TracerProvider, Spanwarden>();

/**
 * Sets up tracing in one call: security context, redaction, OTLP to Spanwarden, sessions that follow asynchronous work; and sends
 * what is left when the process runs out of work. A process that is stopped otherwise (`process.exit`, a signal) calls `shutdown`
 * itself. Called again, it answers what the first call made and changes nothing. Throws CONFIG_INVALID for an endpoint that is
 * no URL, RangeError for a redaction policy that is not valid; a server that does not answer disturbs nobody.
 */
export function configure(options: SpanwardenOptions = {}): Spanwarden {
  const { register = true } = options;
  const before = register ? configured.get(globalProvider()) : undefined;
  if (before !== undefined) {
    diag.warn('spanwarden: configure() was called twice; the first call holds until its shutdown()');
    return before;
  }
  const exporter = new RedactingSpanExporter(options.exporter ?? otlpExporter(options), {
    ...(options.apiKey !== undefined && { key: options.apiKey }),
    ...options.redaction,
  });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ ...named(options.serviceName), ...options.resource })),
    spanLimits: { attributeCountLimit: ATTRIBUTE_COUNT_LIMIT },
    ...(options.sampler !== undefined && { sampler: options.sampler }),
    spanProcessors: [
      new SpanwardenSpanProcessor(),
      ...(options.spanProcessors ?? []),
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: options.scheduledDelayMillis ?? 1_000 }),
    ],
  });
  const spanwarden = handleOf(provider);
  if (register) registerGlobally(provider, spanwarden);
  return spanwarden;
}

function handleOf(provider: BasicTracerProvider): Spanwarden {
  const flushAtExit = (): void => {
    const limit = setTimeout(() => {}, EXIT_FLUSH_MS);
    provider
      .forceFlush()
      .catch(() => diag.warn('spanwarden: the last spans were not sent'))
      .finally(() => clearTimeout(limit));
  };
  process.once('beforeExit', flushAtExit);
  return {
    provider,
    forceFlush: () => provider.forceFlush(),
    async shutdown() {
      process.off('beforeExit', flushAtExit);
      if (configured.delete(provider)) {
        trace.disable();
        context.disable();
        propagation.disable();
      }
      await provider.shutdown();
    },
  };
}

function registerGlobally(provider: BasicTracerProvider, spanwarden: Spanwarden): void {
  if (!trace.setGlobalTracerProvider(provider)) {
    diag.warn(
      'spanwarden: another tracer provider is registered; give it a SpanwardenSpanProcessor instead of configure()',
    );
    return;
  }
  configured.set(provider, spanwarden);
  // Refused where the program has its own, which are as good. No baggage: it would carry content to whoever is called.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

function globalProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

function otlpExporter({ endpoint, apiKey, timeoutMillis }: SpanwardenOptions): SpanExporter {
  if (apiKey !== undefined && endpoint !== undefined && inTheClear(endpoint)) {
    diag.warn('spanwarden: the API key goes over the network in the clear; use an https endpoint');
  }
  return new OTLPTraceExporter({
    ...(endpoint !== undefined && { url: tracesUrl(endpoint) }),
    ...(apiKey !== undefined && { headers: { Authorization: `Bearer ${apiKey}` } }),
    ...(timeoutMillis !== undefined && { timeoutMillis }),
  });
}

function tracesUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CodedError('CONFIG_INVALID', 'the endpoint is no http or https URL: https://spanwarden.example');
  }
  const base = url.href.replace(/\/$/, '');
  return base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
}

function inTheClear(endpoint: string): boolean {
  return /^http:\/\/(?!localhost\b|127\.|\[::1\])/i.test(endpoint);
}

function named(serviceName: string | undefined): Attributes {
  return serviceName === undefined ? {} : { 'service.name': serviceName };
}
