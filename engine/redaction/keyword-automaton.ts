/**
 * Aho-Corasick over case-folded ASCII as one flat table: `next[state + class]` is the next state, states are multiplied by
 * the row width already, and every accepting state is numbered at or above `firstAccepting`, so the loop over a text is a
 * load, a load and a compare a character. All digits are one class: a keyword `v1_` also stops at `v7_`, the pattern after it
 * decides.
 */
export interface KeywordAutomaton {
  readonly next: Int32Array;
  /** Character class of each Latin-1 code unit; 0 is "in no keyword". Code units above 255 are class 0. */
  readonly classOf: Uint8Array;
  readonly firstAccepting: number;
  /** Keyword indexes that end in accepting state s: outputs[outputFrom[k]] up to outputs[outputFrom[k + 1]], k = (s - firstAccepting) / width. */
  readonly outputs: Int32Array;
  readonly outputFrom: Int32Array;
  /** Numbers in a row of `next`. */
  readonly width: number;
}

interface TrieNode {
  readonly edges: Map<number, number>;
  keywords: number[];
  fail: number;
  silent: boolean;
}

/**
 * @param keywords lower-case ASCII; `#` stands for a digit. The index in this list is what the automaton reports.
 * @param silent keywords that swallow those that end inside them: `####` after `###` reports a run of digits once.
 */
export function buildKeywordAutomaton(keywords: readonly string[], silent: readonly string[] = []): KeywordAutomaton {
  const { classOf, classes } = characterClasses([...keywords, ...silent]);
  const nodes = buildTrie(keywords, silent, classOf);
  const goto = linkFailures(nodes, classes);
  return flatten(nodes, goto, classOf, classes);
}

const DIGIT_ZERO = 48;

function classIndex(classOf: Uint8Array, character: string): number {
  return classOf[character === '#' ? DIGIT_ZERO : character.charCodeAt(0)]!;
}

function characterClasses(keywords: readonly string[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(256);
  classOf.fill(1, DIGIT_ZERO, DIGIT_ZERO + 10);
  let classes = 2;
  for (const keyword of keywords) {
    for (const character of keyword) {
      if (classIndex(classOf, character) !== 0) continue;
      const code = character.charCodeAt(0);
      if (code > 127) throw new RangeError(`keyword with a character outside ASCII: ${keyword}`);
      classOf[code] = classes;
      if (character >= 'a' && character <= 'z') classOf[code - 32] = classes;
      classes++;
    }
  }
  return { classOf, classes };
}

function buildTrie(keywords: readonly string[], silent: readonly string[], classOf: Uint8Array): TrieNode[] {
  const nodes: TrieNode[] = [newNode()];
  const insert = (keyword: string): TrieNode => {
    let at = 0;
    for (const character of keyword) {
      const edge = classIndex(classOf, character);
      let to = nodes[at]!.edges.get(edge);
      if (to === undefined) {
        to = nodes.push(newNode()) - 1;
        nodes[at]!.edges.set(edge, to);
      }
      at = to;
    }
    return nodes[at]!;
  };
  keywords.forEach((keyword, index) => {
    insert(keyword).keywords.push(index);
  });
  for (const keyword of silent) insert(keyword).silent = true;
  return nodes;
}

function newNode(): TrieNode {
  return { edges: new Map(), keywords: [], fail: 0, silent: false };
}

/** Breadth first: each node inherits the transitions and the keywords of its longest proper suffix. */
function linkFailures(nodes: TrieNode[], classes: number): number[][] {
  const goto: number[][] = nodes.map(() => new Array<number>(classes).fill(0));
  const queue: number[] = [];
  for (let edge = 0; edge < classes; edge++) {
    const to = nodes[0]!.edges.get(edge) ?? 0;
    goto[0]![edge] = to;
    if (to !== 0) queue.push(to);
  }
  for (let head = 0; head < queue.length; head++) {
    const at = queue[head]!;
    const node = nodes[at]!;
    node.keywords = node.silent ? [] : [...node.keywords, ...nodes[node.fail]!.keywords];
    for (let edge = 0; edge < classes; edge++) {
      const to = node.edges.get(edge);
      if (to === undefined) {
        goto[at]![edge] = goto[node.fail]![edge]!;
      } else {
        nodes[to]!.fail = goto[node.fail]![edge]!;
        goto[at]![edge] = to;
        queue.push(to);
      }
    }
  }
  return goto;
}

function flatten(
  nodes: readonly TrieNode[],
  goto: readonly (readonly number[])[],
  classOf: Uint8Array,
  classes: number,
): KeywordAutomaton {
  const accepting = (state: number) => nodes[state]!.keywords.length > 0;
  const states = [...nodes.keys()];
  const order = [...states.filter((state) => !accepting(state)), ...states.filter(accepting)];
  const numbered = new Int32Array(nodes.length);
  order.forEach((state, index) => {
    numbered[state] = index * classes;
  });
  const next = new Int32Array(nodes.length * classes);
  for (const state of order) {
    for (let edge = 0; edge < classes; edge++) next[numbered[state]! + edge] = numbered[goto[state]![edge]!]!;
  }
  const accepted = order.filter(accepting).map((state) => nodes[state]!.keywords);
  const outputFrom = new Int32Array(accepted.length + 1);
  accepted.forEach((list, index) => {
    outputFrom[index + 1] = outputFrom[index]! + list.length;
  });
  return {
    next,
    classOf,
    firstAccepting: (nodes.length - accepted.length) * classes,
    outputs: Int32Array.from(accepted.flat()),
    outputFrom,
    width: classes,
  };
}
