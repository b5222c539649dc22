import type { ToolCategory, ToolDirection } from '../security-context.ts';

/** What a tool can do and where its answers come from. */
export interface ToolRisk {
  readonly category: ToolCategory;
  readonly direction: ToolDirection;
  /** What the tool answers may hold text that people outside wrote: web pages, mail, comments, tickets. */
  readonly outside: boolean;
}
