import { describe, expect, it } from 'vitest';
import { buildKeywordAutomaton } from '../../../engine/redaction/keyword-automaton.ts';
import { seededRandom } from './expand-example.ts';

/** Every keyword that ends at every place, as `keyword@end`. */
function run(keywords: readonly string[], text: string, silent: readonly string[] = []): string[] {
  const { next, classOf, firstAccepting, outputs, outputFrom, width } = buildKeywordAutomaton(keywords, silent);
  const found: string[] = [];
  let state = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    state = next[state + (code < 256 ? classOf[code]! : 0)]!;
    if (state < firstAccepting) continue;
    const accepted = (state - firstAccepting) / width;
    for (let output = outputFrom[accepted]!; output < outputFrom[accepted + 1]!; output++) {
      found.push(`${keywords[outputs[output]!]}@${index + 1}`);
    }
  }
  return found.sort();
}

describe('the keyword automaton', () => {
  it('reports keywords that overlap and that end in one another', () => {
    expect(run(['she', 'he', 'hers', 'his'], 'ushers')).toEqual(['he@4', 'hers@6', 'she@4']);
  });

  it('folds the case of ASCII letters and nothing else', () => {
    expect(run(['key'], 'KEY Key kéy ＫＥＹ')).toEqual(['key@3', 'key@7']);
  });

  it('takes any digit for # and reports a long run of digits once when the next longer run is silent', () => {
    expect(run(['###'], '12 345 67890')).toEqual(['###@10', '###@11', '###@12', '###@6']);
    expect(run(['###'], '12 345 67890', ['####'])).toEqual(['###@10', '###@6']);
  });

  it('agrees with a search for each keyword by itself', () => {
    const random = seededRandom(11);
    const letters = 'abA_';
    const word = (length: number) => Array.from({ length }, () => letters[Math.floor(random() * 4)]).join('');
    for (let round = 0; round < 50; round++) {
      const keywords = [...new Set(Array.from({ length: 6 }, () => word(1 + Math.floor(random() * 4)).toLowerCase()))];
      const text = word(60);
      const expected: string[] = [];
      for (const keyword of keywords) {
        for (let at = text.toLowerCase().indexOf(keyword); at >= 0; at = text.toLowerCase().indexOf(keyword, at + 1)) {
          expected.push(`${keyword}@${at + keyword.length}`);
        }
      }
      expect(run(keywords, text)).toEqual(expected.sort());
    }
  });

  it('refuses a keyword outside ASCII', () => {
    expect(() => buildKeywordAutomaton(['schlüssel'])).toThrow(RangeError);
  });
});
