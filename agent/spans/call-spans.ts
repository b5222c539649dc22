import type { ToolCall } from '../hooks/tool-event.ts';
import { type Action, findCall, saveAction } from './action-book.ts';
import { parentOf } from './agent-spans.ts';
import type { SessionTree } from './session-tree.ts';

export function beginCall(tree: SessionTree): void {
  const { call } = tree.said.event;
  if (call === undefined) return;
  const { callKey, target, known } = knownCall(tree, call);
  if (known === undefined) saveAction(tree.spool, newCall(tree, callKey, target, tree.said.now));
  else tellAgain(tree, known, callKey);
}

/** A call ends, fails or is denied; its begin may never have been told of. */
export function endCall(tree: SessionTree): void {
  const { event, now } = tree.said;
  if (event.call === undefined) return;
  const { callKey, target, known } = knownCall(tree, event.call);
  if (known === undefined) tree.finish(newCall(tree, callKey, target, now - tree.duration()));
  else {
    tellAgain(tree, known, callKey);
    if (known.doneMs === null) tree.finish(known);
  }
}

function knownCall(tree: SessionTree, call: ToolCall) {
  const { session, agentId, now } = tree.said;
  const callKey = call.id === '' ? '' : tree.id('call', session, call.id);
  const target = tree.id('target', session, agentId, call.target);
  return { callKey, target, known: findCall(tree.spool, session, callKey, target, tree.mark(), now) };
}

function newCall(tree: SessionTree, callKey: string, target: string, startMs: number): Action {
  const { state, session } = tree.said;
  const spanId = tree.id('call', session, callKey === '' ? `${state.calls} ${target}` : callKey);
  state.calls++;
  return {
    spanId,
    session,
    kind: 'call',
    callKey,
    target,
    openedMs: startMs,
    doneMs: null,
    seen: [tree.mark()],
    body: tree.span('coding_agent.tool.call', spanId, parentOf(tree), { startMs }),
  };
}

function tellAgain(tree: SessionTree, action: Action, callKey: string): void {
  const mark = tree.mark();
  if (action.callKey === '') action.callKey = callKey;
  if (!action.seen.includes(mark)) action.seen.push(mark);
  if (action.doneMs === null)
    action.body = { ...action.body, attributes: { ...action.body.attributes, ...tree.said.attributes } };
  saveAction(tree.spool, action);
}
