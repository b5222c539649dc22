/** What agents import as `spanwarden/sdk`; see docs/sdk.md. */
export type { AgentRun, AgentRunOptions } from './agent-run.ts';
export { endAgent, startAgent, withAgent } from './agent-run.ts';
export type { AgentTags } from './agent-tags.ts';
export type { Spanwarden, SpanwardenOptions } from './configure.ts';
export { configure } from './configure.ts';
export type { ModelCall } from './model-call.ts';
export { withModelCall } from './model-call.ts';
export type { Decision, DecisionOptions } from './record-decision.ts';
export { recordDecision } from './record-decision.ts';
export type { RedactionOptions } from './redacting-exporter.ts';
export { RedactingSpanExporter } from './redacting-exporter.ts';
export { SpanwardenSpanProcessor } from './span-processor.ts';
export type { TagOptions } from './tag-agent.ts';
export { tagAgent } from './tag-agent.ts';
export type { ToolCall } from './tool-call.ts';
export { withToolCall } from './tool-call.ts';
export { withSession } from './with-session.ts';
