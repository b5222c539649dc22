import type { Content } from '../../agent-span.ts';

const IMAGE =
  /!\[[^\]\n]{0,200}\]\(\s{0,2}<?(https?:\/\/[^\s)>]{1,4000})|<img\b[^>]{0,200}?\bsrc\s?=\s?["']?(https?:\/\/[^\s"'>]{1,4000})/gi;
/** A value in the query, or one part of the path, that is long enough to carry something away. */
const PAYLOAD = /[?&][^=&#]{0,60}=[^&#]{24}|\/[A-Za-z0-9+_%=-]{64}/;
const MAX_IMAGES = 20;

/**
 * Whether an answer shows an image whose address carries a payload that the model put together: showing the image sends it
 * out. An address that stands like this in what the model read was only passed on (signed links of stores are long).
 */
export function builtImage(answer: string, content: Content): boolean {
  if (!answer.includes('http')) return false;
  let seen = 0;
  for (const [, markdown, html] of answer.matchAll(IMAGE)) {
    if (++seen > MAX_IMAGES) return false;
    const address = markdown ?? html!;
    if (PAYLOAD.test(address) && !wasRead(address, content)) return true;
  }
  return false;
}

function wasRead(address: string, { input, toolResult, systemPrompt }: Content): boolean {
  return (
    toolResult.includes(address) || systemPrompt.includes(address) || input.some(({ text }) => text.includes(address))
  );
}
