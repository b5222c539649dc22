import { readFileSync } from 'node:fs';
import { type ClientPolicy, parseClientPolicy, STRICTEST_CLIENT_POLICY } from '../../engine/core/client-policy.ts';
import type { StateFolder } from '../state-folder.ts';

export interface PolicyInForce {
  readonly policy: ClientPolicy;
  /** Device management's file; what the server said; the last that was good; none, so that the strictest applies. */
  readonly source: 'managed' | 'server' | 'last good' | 'none';
}

/** Where the last policy that could be read is kept. */
export interface LastGoodPolicy {
  get(): string | undefined;
  set(policy: string): void;
}

/**
 * Read anew for every event, so that a change applies to the next one. Device management's file wins over the server's. A file
 * that is gone, cut short or not a policy changes nothing: the last good one stays. Never throws.
 */
export function policyInForce(
  { managedPolicy, policy }: Pick<StateFolder, 'managedPolicy' | 'policy'>,
  lastGood: LastGoodPolicy,
): PolicyInForce {
  const managed = readManaged(managedPolicy);
  if (managed !== 'missing') return managed === undefined ? fallBack(lastGood) : keep(managed, 'managed', lastGood);
  const pulled = parseClientPolicy(readJson(policy, 'policy'));
  return pulled === undefined ? fallBack(lastGood) : keep(pulled, 'server', lastGood);
}

function keep(policy: ClientPolicy, source: PolicyInForce['source'], lastGood: LastGoodPolicy): PolicyInForce {
  const text = JSON.stringify(policy);
  if (lastGood.get() !== text) lastGood.set(text);
  return { policy, source };
}

function fallBack(lastGood: LastGoodPolicy): PolicyInForce {
  const policy = parseClientPolicy(parse(lastGood.get()));
  return policy === undefined ? { policy: STRICTEST_CLIENT_POLICY, source: 'none' } : { policy, source: 'last good' };
}

function readManaged(path: string): ClientPolicy | 'missing' | undefined {
  try {
    return parseClientPolicy(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : undefined;
  }
}

function readJson(path: string, member: string): unknown {
  try {
    return (parse(readFileSync(path, 'utf8')) as Record<string, unknown> | undefined)?.[member];
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
