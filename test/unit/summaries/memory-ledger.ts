import type { CallLedger, CallRecord } from '../../../engine/summaries/call-ledger.ts';
import type { Spend } from '../../../engine/summaries/spend.ts';

/** A ledger as the store keeps it: the settled record of a call takes the place of the reserved one. */
export function memoryLedger(): CallLedger & { readonly calls: Map<string, CallRecord> } {
  const calls = new Map<string, CallRecord>();
  const sum = (of: readonly CallRecord[]): Spend => ({
    tokens: of.reduce((total, call) => total + call.inputTokens + call.outputTokens, 0),
    nanoUsd: of.reduce((total, call) => total + call.nanoUsd, 0),
  });
  return {
    calls,
    record: async (call) => {
      if (call.settled || !calls.has(call.id)) calls.set(call.id, call);
    },
    spentByDay: async (since) => {
      const byDay = Map.groupBy(calls.values(), ({ at }) => new Date(at).toISOString().slice(0, 10));
      return [...byDay].filter(([day]) => day >= since).map(([day, of]) => ({ day, spent: sum(of) }));
    },
    spentOn: async (subject) => sum([...calls.values()].filter((call) => call.subject === subject)),
  };
}
