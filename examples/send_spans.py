"""A small agent that sends GenAI spans with OpenTelemetry's official exporter.

    pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 python3 examples/send_spans.py

With a token: OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20<ingest token>".
"""

import json
import uuid

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# The exporter reads OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS by itself.
provider = TracerProvider(resource=Resource.create({"service.name": "purchasing"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("send-spans")

session = str(uuid.uuid4())
agent = {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.id": "purchasing-agent",
    "gen_ai.agent.version": "1.0.0",
    "gen_ai.conversation.id": session,
    "user.id": "user-4711",
}
tool = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "fetch_page",
    "gen_ai.tool.call.arguments": json.dumps({"url": "https://kestrel.example/terms"}),
    "gen_ai.tool.call.result": "Payment within 30 days.",
}
with tracer.start_as_current_span("invoke_agent purchasing-agent", attributes=agent):
    with tracer.start_as_current_span("execute_tool fetch_page", attributes=tool):
        pass

provider.force_flush()
provider.shutdown()
print(f"sent session {session}")
