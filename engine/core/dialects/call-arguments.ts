import { isObject, structured } from './parse-json.ts';
import { textOf } from './plain-text.ts';

/**
 * What was passed to a function that a decorator wrapped: out of `{"args":[...],"kwargs":{...}}`, where there is one kind of
 * the two only; any other value as it is.
 */
export function callArguments(value: unknown): unknown {
  const call = structured(value);
  if (!isObject(call) || !Array.isArray(call['args'])) return value;
  const named = isObject(call['kwargs']) ? call['kwargs'] : {};
  const extra = Object.keys(call).some((key) => key !== 'args' && key !== 'kwargs');
  if (extra) return value;
  const { args } = call;
  if (Object.keys(named).length > 0) return args.length === 0 ? textOf(named) : value;
  if (args.length === 0) return undefined;
  return textOf(args.length === 1 ? args[0] : args);
}
