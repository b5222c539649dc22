import { plainText } from '../plain-text.ts';

/**
 * Text of unknown origin for people's messages: one line, nothing invisible, and nothing that a client turns into a link by
 * itself. `https://evil.example` becomes `https[:]//evil[.]example`, as analysts write such things to each other.
 */
export function defang(text: string, most: number): string {
  return plainText(text, most)
    .replace(/:\/\//g, '[:]//')
    .replace(/\b(mailto|tel|javascript|data|sms|callto|msteams|slack):/gi, '$1[:]')
    .replace(/(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2})/gu, '[.]')
    .replace(/\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g, '$1[.]$2[.]$3[.]$4');
}
