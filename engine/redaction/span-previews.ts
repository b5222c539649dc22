import type { Content } from '../core/agent-span.ts';
import type { Preview } from '../core/redacted-span.ts';
import { clip, PREVIEW_LIMIT } from './clip.ts';
import type { SpanBoundary } from './span-boundary.ts';

export interface SpanPreviews {
  /** The last message of the user; where there is none, all that went in. */
  readonly prompt: Preview;
  /** What came out; where there is no text, the calls asked for. */
  readonly completion: Preview;
  readonly toolArguments: Preview;
  readonly toolResult: Preview;
}

/** A span's content as short texts that are safe to store, each with the length it had. */
export function previewsOf(content: Content, boundary: SpanBoundary): SpanPreviews {
  return {
    prompt: preview(promptTexts(content), 'Prompt', boundary),
    completion: preview(completionTexts(content), 'Completion', boundary),
    toolArguments: preview([content.toolArguments], 'ToolArguments', boundary),
    toolResult: preview([content.toolResult], 'ToolResult', boundary),
  };
}

function promptTexts(content: Content): string[] {
  const user = content.input.findLast((part) => part.role === 'user');
  return user === undefined ? content.input.map((part) => part.text) : [user.text];
}

function completionTexts(content: Content): string[] {
  if (content.output.length > 0) return content.output.map((part) => part.text);
  return content.toolCalls.flatMap((call) => [call.name, call.arguments]);
}

/** Each text is redacted by itself (JSON is walked as JSON), then they are put together and clipped. */
function preview(texts: readonly string[], path: string, boundary: SpanBoundary): Preview {
  const parts: string[] = [];
  let kept = 0;
  let length = Math.max(0, texts.length - 1);
  for (const text of texts) {
    length += text.length;
    // what lies beyond the preview was scanned where it stands, in the attributes
    if (kept > PREVIEW_LIMIT) continue;
    const part = boundary.keep(text, path, text.length + PREVIEW_LIMIT);
    parts.push(part);
    kept += part.length + 1;
  }
  return { text: clip(parts.join('\n'), PREVIEW_LIMIT), length };
}
