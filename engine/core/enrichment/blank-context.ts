import type { SecurityContext } from '../security-context.ts';

/** The security context of a span before any step has run. */
export function blankContext(): SecurityContext {
  return {
    sessionId: '',
    ingress: false,
    triggerType: '',
    agentId: '',
    agentName: '',
    agentFramework: '',
    toolCategory: '',
    toolDirection: '',
    promptHash: '',
    promptHashStable: '',
    spanSequence: 0n,
    memoryOperation: '',
    memoryStoreId: '',
    inputSource: '',
    writeProvenance: '',
    contentSignals: [],
    offeredToolNames: [],
    offeredToolHashes: [],
  };
}
