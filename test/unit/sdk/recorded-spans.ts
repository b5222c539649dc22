import { ROOT_CONTEXT, type Span, type Tracer, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { SpanwardenSpanProcessor } from '../../../agent/sdk/sdk.ts';

/** A provider with the SDK's processor that keeps what ends, oldest end first. */
export interface Recording {
  readonly tracer: Tracer;
  readonly provider: BasicTracerProvider;
  readonly spans: () => ReadableSpan[];
  /** The attributes of the first ended span of that name. */
  readonly attributesOf: (name: string) => Record<string, unknown>;
}

export function recording(options: { sampler?: Sampler; processors?: SpanProcessor[] } = {}): Recording {
  const exporter = new InMemorySpanExporter();
  const { sampler, processors = [new SpanwardenSpanProcessor()] } = options;
  const provider = new BasicTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [...processors, new SimpleSpanProcessor(exporter)],
  });
  return {
    provider,
    tracer: provider.getTracer('test'),
    spans: () => exporter.getFinishedSpans(),
    attributesOf(name) {
      const found = exporter.getFinishedSpans().find((span) => span.name === name);
      if (found === undefined) throw new Error(`no span ${name} has ended`);
      return found.attributes;
    },
  };
}

/** The context in which a span is the parent. */
export function below(span: Span) {
  return trace.setSpan(ROOT_CONTEXT, span);
}
