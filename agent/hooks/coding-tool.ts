import type { Payload } from './payload.ts';
import type { ToolEvent } from './tool-event.ts';

/** What the client knows of one coding tool's hooks. */
export interface CodingTool {
  /** Every event whose hook can be set in some version, as the tool calls them; `install/tool-settings.ts` says which are not. */
  readonly events: readonly string[];
  /** What is to be told of an event; undefined where there is nothing to tell. */
  read(payload: Payload): ToolEvent | undefined;
  /** What the tool expects on standard output, so that it goes on as if there was no hook. */
  answer(eventName: string): string;
}
