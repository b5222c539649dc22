import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_CLASSES } from '../../../engine/redaction/attribute-classes.ts';
import { createAttributeClassifier } from '../../../engine/redaction/classify-attribute.ts';

const classify = createAttributeClassifier();

describe('classes of attribute keys', () => {
  it.each([
    ['gen_ai.request.model', 'structural'],
    ['gen_ai.usage.input_tokens', 'structural'],
    ['gen_ai.usage.some_new_count', 'structural'],
    ['gen_ai.input.messages', 'content'],
    ['gen_ai.prompt.0.content', 'content'],
    ['gen_ai.prompt.17.tool_calls.2.arguments', 'content'],
    ['gen_ai.prompt.length', 'structural'],
    ['gen_ai.prompt.preview', 'content'],
    ['llm.input_messages.0.message.content', 'content'],
    ['llm.output_messages.3.message.tool_calls.0.tool_call.function.arguments', 'content'],
    ['llm.token_count.prompt_details.cache_read', 'structural'],
    ['llm.system', 'structural'],
    ['retrieval.documents.4.document.content', 'content'],
    ['traceloop.entity.input', 'content'],
    ['traceloop.association.properties.session_id', 'structural'],
    ['traceloop.association.properties.customer', 'unclassified'],
    ['ai.prompt.messages', 'content'],
    ['ai.telemetry.metadata.sessionId', 'structural'],
    ['ai.telemetry.metadata.team', 'unclassified'],
    ['http.request.header.authorization', 'content'],
    ['http.response.status_code', 'structural'],
    ['url.full', 'content'],
    ['db.query.text', 'content'],
    ['exception.stacktrace', 'content'],
    ['service.name', 'structural'],
    ['tracectrl.tool.category', 'structural'],
    ['customer.address', 'unclassified'],
    ['metadata', 'unclassified'],
    ['user.full_name', 'unclassified'],
    ['__proto__', 'unclassified'],
    ['constructor', 'unclassified'],
    ['', 'unclassified'],
  ])('%s is %s', (key, expected) => {
    expect(classify(key)).toBe(expected);
  });

  it('takes an org’s own keys, which win over the built-in ones', () => {
    const own = createAttributeClassifier({ structural: ['order.id', 'url.full'], content: ['ticket.*'] });
    expect(own('order.id')).toBe('structural');
    expect(own('url.full')).toBe('structural');
    expect(own('ticket.3.comment')).toBe('content');
    expect(own('order.address')).toBe('unclassified');
  });

  it('names no key twice', () => {
    const all = [...ATTRIBUTE_CLASSES.structural, ...ATTRIBUTE_CLASSES.content];
    const twice = all.filter((key, index) => all.indexOf(key) !== index);
    expect(twice).toEqual([]);
  });
});
