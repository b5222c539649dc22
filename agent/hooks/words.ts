import type { Payload } from './payload.ts';
import type { ToolEvent } from './tool-event.ts';

/** What an event says in words under some names, as facts; names under which it says nothing are left out. */
export function words(payload: Payload, ...names: readonly string[]): Partial<ToolEvent> {
  return {
    facts: Object.fromEntries(names.map((name) => [name, payload.text(name)]).filter(([, said]) => said !== '')),
  };
}
