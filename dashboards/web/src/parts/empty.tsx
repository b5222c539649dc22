import { useState } from 'react';

const SDKS: Readonly<Record<string, string>> = {
  'Claude Code': `export CLAUDE_CODE_ENABLE_TELEMETRY=1
export CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1
export OTEL_TRACES_EXPORTER=otlp
export OTEL_EXPORTER_OTLP_PROTOCOL=http/json
export OTEL_EXPORTER_OTLP_ENDPOINT=<receiver>`,
  'OpenTelemetry (any language)': `export OTEL_EXPORTER_OTLP_ENDPOINT=<receiver>
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20<ingest token>"`,
  OpenInference: `from phoenix.otel import register
register(endpoint="<receiver>/v1/traces", auto_instrument=True)`,
  OpenLLMetry: `from traceloop.sdk import Traceloop
Traceloop.init(app_name="my-agent", api_endpoint="<receiver>")`,
  'Vercel AI SDK': `import { registerOTel, OTLPHttpJsonTraceExporter } from "@vercel/otel";
registerOTel({ serviceName: "my-agent",
  traceExporter: new OTLPHttpJsonTraceExporter({ url: "<receiver>/v1/traces" }) });
// then, on each call: experimental_telemetry: { isEnabled: true }`,
};

/** What to do when there is nothing yet: how to send the first span. */
export function NoSpans({ what }: { what: string }) {
  const [sdk, setSdk] = useState(Object.keys(SDKS)[0]!);
  const code = SDKS[sdk]!.replaceAll('<receiver>', `${location.protocol}//${location.hostname}:4318`);
  return (
    <div className="state">
      <h2>No {what} in this period</h2>
      <p className="muted">
        Choose a longer period above, or send the first span: any OpenTelemetry exporter will do. On this machine no
        token is needed.
      </p>
      <div className="row wrap">
        {Object.keys(SDKS).map((name) => (
          <button
            key={name}
            type="button"
            className="button"
            aria-pressed={name === sdk}
            onClick={() => setSdk(name)}
            style={name === sdk ? { borderColor: 'var(--accent)' } : undefined}
          >
            {name}
          </button>
        ))}
      </div>
      <pre className="code" style={{ maxWidth: '100%' }} tabIndex={0}>
        {code}
      </pre>
      <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(code)}>
        Copy
      </button>
    </div>
  );
}
