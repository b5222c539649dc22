/** How far after a name in prose its value may begin. */
const REACH = 48;
const SHORTEST = 16;
const LONGEST = 512;
/** What prose has between a name and a value; no brackets, no operators of code. */
const PROSE = /[A-Za-z0-9 ,.:'"`_-]{0,64}(?:\r?\n[ \t]{0,8}[>`-]{0,3}[ \t]{0,4})?["'`*]{0,3}/y;
const CANDIDATE = /(?<![\w/.@#-])[A-Za-z0-9][A-Za-z0-9_+/=.~-]{15,512}(?![\w(@])/g;

export interface NearbyValues {
  /** Does a run as long as a key begin within reach? Cheap, and each character of a text is looked at a few times at most. */
  ahead(text: string, nameEnd: number, to: number, scan: number): boolean;
  /**
   * "the key for billing: V", "use token V", "the new one is V": the first value near a name that `accept` takes, where nothing
   * but prose stands between.
   */
  find(
    text: string,
    nameEnd: number,
    to: number,
    accept: (value: string) => boolean,
  ): { start: number; end: number } | undefined;
}

export function createNearbyValues(): NearbyValues {
  // no run of the scan's text that is long enough ends in [clearFrom, clearTo)
  let known = 0;
  let clearFrom = 0;
  let clearTo = 0;
  return {
    ahead(text, nameEnd, to, scan) {
      const limit = Math.min(to, nameEnd + REACH + SHORTEST);
      let index = nameEnd;
      if (known === scan && index >= clearFrom && index < clearTo) index = clearTo;
      else clearFrom = nameEnd;
      known = scan;
      let run = 0;
      for (; index < limit; index++) {
        run = isValuePart(text.charCodeAt(index)) ? run + 1 : 0;
        if (run < SHORTEST) continue;
        clearTo = index - run + 1;
        return true;
      }
      // a run that is under way may become long enough
      clearTo = Math.max(clearFrom, index - run);
      return false;
    },
    find(text, nameEnd, to, accept) {
      PROSE.lastIndex = nameEnd;
      PROSE.test(text);
      const reach = Math.min(PROSE.lastIndex, nameEnd + REACH, to);
      const window = text.slice(nameEnd, Math.min(to, reach + LONGEST));
      CANDIDATE.lastIndex = 0;
      for (let tries = 0; tries < 3; tries++) {
        const match = CANDIDATE.exec(window);
        if (match === null || match.index > reach - nameEnd) return undefined;
        if (window.slice(0, match.index).includes(' -')) return undefined;
        const value = match[0].replace(/[.,:]+$/, '');
        const start = nameEnd + match.index;
        if (value.length >= SHORTEST && accept(value)) return { start, end: start + value.length };
      }
      return undefined;
    },
  };
}

/** Letters, digits and the marks that keys have. */
function isValuePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57) ||
    code === 95 ||
    code === 43 ||
    code === 61 ||
    code === 126
  );
}
