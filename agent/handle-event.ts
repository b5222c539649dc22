import type { Clock } from '../engine/core/clock.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { ClientSettings } from './client-settings.ts';
import { CODING_TOOLS } from './hooks/coding-tools.ts';
import { payloadOf } from './hooks/payload.ts';
import type { ToolName } from './hooks/tool-event.ts';
import { type MachineKey, machineKey } from './machine-key.ts';
import { policyInForce } from './policy/policy-in-force.ts';
import { type AttributeRedactor, createAttributeRedactor } from './redact-attributes-of.ts';
import { recordEvent } from './spans/record-event.ts';
import { openSpool, type Spool } from './spool/open-spool.ts';
import { claimSpoolFolder, type StateFolder, spoolFolder } from './state-folder.ts';

/** One event as a hook process got it. */
export interface HookInput {
  readonly tool: ToolName;
  /** Where the payload does not name its event, the hook's command does. */
  readonly eventName: string;
  readonly payload: string;
}

export interface EventHandler {
  /** Throws where nothing could be recorded; what was recorded is then on disk or not, never in part. */
  handle(input: HookInput): void;
  close(): void;
}

/** With `redact` false, for when there is no time to make a redactor: minimal metadata alone is recorded. */
export function createEventHandler(
  state: StateFolder,
  settings: ClientSettings,
  clock: Clock,
  { redact = true }: { readonly redact?: boolean } = {},
): EventHandler {
  const folder = spoolFolder(state);
  claimSpoolFolder(folder);
  const key: MachineKey = machineKey(folder);
  const redactor: AttributeRedactor | undefined = redact ? createAttributeRedactor(key.derive('redaction')) : undefined;
  const spool: Spool = openSpool(folder, settings);
  const lastGood = {
    get: () => spool.getText('last good policy'),
    set: (policy: string) => spool.setText('last good policy', policy),
  };
  return {
    handle({ tool, eventName, payload }) {
      const event = CODING_TOOLS[tool].read(payloadOf(namedPayload(payload, eventName)));
      if (event === undefined) return;
      recordEvent(event, tool, {
        spool,
        key,
        redact: redactor,
        policy: () => policyInForce(state, lastGood),
        clock,
        version: packageJson.version,
      });
    },
    close: () => spool.close(),
  };
}

function namedPayload(text: string, eventName: string): unknown {
  const payload: unknown = JSON.parse(text);
  if (eventName === '' || typeof payload !== 'object' || payload === null) return payload;
  // Copilot CLI's notifications name themselves otherwise
  return { ...payload, hook_event_name: eventName };
}
