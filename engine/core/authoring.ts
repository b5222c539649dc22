/** What a rule in TypeScript imports: `import { defineDetector } from 'engine/core/authoring.ts'`. */
export type { FindingDraft } from './finding.ts';
export { type InstructedCall, instructedCalls, PROVENANCE_COLUMNS } from './instructed-calls.ts';
export { defineDetector, defineRule } from './rule.ts';
export { defineTests } from './rule-test.ts';
export type { Session, SessionColumn, SessionSpan } from './session.ts';
