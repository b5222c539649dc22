import type { Content } from '../core/agent-span.ts';
import type { Attributes } from '../core/attributes.ts';

/** What stands under it is looked through and not kept: the client's diffs of edited files. */
const PREFIX = 'spanwarden.transient.';

/** The content that references and provenance are read from: with what is not kept, as part of the call's arguments. */
export function analysedContent(content: Content, attributes: Attributes): Content {
  const transient = transientTexts(attributes);
  return transient === '' ? content : { ...content, toolArguments: `${content.toolArguments}\n${transient}` };
}

/** All that is not kept, as one text; '' on nearly every span. */
function transientTexts(attributes: Attributes): string {
  let texts = '';
  for (const key in attributes) {
    if (key.startsWith(PREFIX) && typeof attributes[key] === 'string') texts += `${attributes[key]}\n`;
  }
  return texts;
}

export function isTransient(key: string): boolean {
  return key.startsWith(PREFIX);
}
