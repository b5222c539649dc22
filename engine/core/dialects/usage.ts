import type { TokenCounts } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstNumber } from '../attributes.ts';

/** Token counts as a sender gives them, before they are split into parts that do not overlap. */
export interface Usage {
  input?: number | undefined;
  /** Whether `input` counts cached tokens too: conventions include them, Anthropic's own usage block does not. */
  inputIncludesCache: boolean;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  output?: number | undefined;
  reasoning?: number | undefined;
}

/** More tokens or steps than any run can have: what exceeds it is a broken or hostile sender. */
const MAX_COUNT = 1e12;
/** US dollars for one span. */
const MAX_COST = 1e7;

export const NO_TOKENS: TokenCounts = Object.freeze({
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
});

/** `value` as a count; undefined unless it is a number from 0 to 10^12. */
export function sane(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT ? Math.trunc(value) : undefined;
}

/** The first of `keys` that holds a number, as a count; undefined when that number is not sane. */
export function count(attributes: Attributes, ...keys: string[]): number | undefined {
  return sane(firstNumber(attributes, keys));
}

/** `value` as US dollars; undefined unless it is a number from 0 to 10^7. */
export function saneCost(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_COST ? value : undefined;
}

/** The first of `keys` that holds a number, as US dollars; undefined when that number is not sane. */
export function cost(attributes: Attributes, ...keys: string[]): number | undefined {
  return saneCost(firstNumber(attributes, keys));
}

/** True when the sender counted anything. */
export function saysUsage(usage: Usage): boolean {
  return usage.input !== undefined || usage.output !== undefined;
}

/** `first` with the details it leaves out taken from `second`; whether `input` includes the cache goes with `input`. */
export function mergeUsage(first: Usage, second: Usage): Usage {
  const base = first.input === undefined ? second : first;
  return {
    input: base.input,
    inputIncludesCache: base.inputIncludesCache,
    cacheRead: first.cacheRead ?? second.cacheRead,
    cacheWrite: first.cacheWrite ?? second.cacheWrite,
    output: first.output ?? second.output,
    reasoning: first.reasoning ?? second.reasoning,
  };
}

/**
 * Splits a sender's counts into parts that do not overlap. A total smaller than its cached parts cannot include them, whatever
 * the convention says.
 */
export function tokenCounts(usage: Usage): TokenCounts {
  const cacheRead = usage.cacheRead ?? 0;
  const cacheWrite = usage.cacheWrite ?? 0;
  const input = usage.input ?? 0;
  const cached = cacheRead + cacheWrite;
  const output = usage.output ?? 0;
  return {
    uncachedInput: usage.inputIncludesCache && cached <= input ? input - cached : input,
    cacheRead,
    cacheWrite,
    output,
    reasoning: Math.min(usage.reasoning ?? 0, output),
  };
}
