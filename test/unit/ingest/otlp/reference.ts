import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescMessage, fromBinary, type Message, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import type { Attributes, AttributeValue } from '../../../../engine/core/attributes.ts';
import type { Span } from '../../../../engine/core/span.ts';

/**
 * An independent reading of OTLP: protobufjs parses the published field numbers (test/fixtures/otlp/otlp.proto) and encodes,
 * @bufbuild/protobuf decodes. The decoder under test shares no code with either.
 */
const root = protobuf.parse(readFileSync(new URL('../../../fixtures/otlp/otlp.proto', import.meta.url), 'utf8')).root;
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorBytes()));

/** protobufjs's own encoder and decoder of a message. */
export function messageType(type: string): protobuf.Type {
  return root.lookupType(`otlp.${type}`);
}

/** Encodes a message from an object in proto3's JSON-like shape (64-bit integers as text, bytes as bytes). */
export function encode(type: string, message: object): Buffer {
  const encoder = messageType(type);
  return Buffer.from(encoder.encode(encoder.fromObject(message)).finish());
}

/** Decodes a message into proto3's JSON shape. */
export function decodeToJson(type: string, bytes: Uint8Array): unknown {
  const schema = schemaOf(type);
  return toJson(schema, fromBinary(schema, bytes));
}

/** Decodes an ExportTraceServiceRequest into the spans that ours should make of it when all are valid. */
export function referenceSpans(bytes: Uint8Array): Span[] {
  const request = fromBinary(schemaOf('ExportTraceServiceRequest'), bytes) as unknown as ReferenceRequest;
  return request.resourceSpans.flatMap((resourceSpans) => {
    const resource = { attributes: toAttributes(resourceSpans.resource?.attributes ?? []) };
    return resourceSpans.scopeSpans.flatMap((scopeSpans) => {
      const { name = '', version = '', attributes = [] } = scopeSpans.scope ?? {};
      const scope = { name, version, attributes: toAttributes(attributes) };
      return scopeSpans.spans.map((span) => toSpan(span, resource, scope));
    });
  });
}

/** The JSON of a request as OTLP wants it: ids as hex where proto3 has base64. */
export function toOtlpJson(bytes: Uint8Array): unknown {
  return hexIds(decodeToJson('ExportTraceServiceRequest', bytes));
}

function hexIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isId = ['traceId', 'spanId', 'parentSpanId'].includes(key);
      return [key, isId ? Buffer.from(inner as string, 'base64').toString('hex') : hexIds(inner)];
    }),
  );
}

interface ReferenceKeyValue {
  key: string;
  value?: ReferenceValue;
}

interface ReferenceValue {
  value: { case?: string; value?: unknown };
}

interface ReferenceSpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  traceState: string;
  name: string;
  kind: number;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: ReferenceKeyValue[];
  droppedAttributesCount: number;
  events: { timeUnixNano: bigint; name: string; attributes: ReferenceKeyValue[] }[];
  droppedEventsCount: number;
  links: { traceId: Uint8Array; spanId: Uint8Array; traceState: string; attributes: ReferenceKeyValue[] }[];
  droppedLinksCount: number;
  status?: { code: number; message: string };
}

interface ReferenceRequest extends Message {
  resourceSpans: {
    resource?: { attributes: ReferenceKeyValue[] };
    scopeSpans: {
      scope?: { name: string; version: string; attributes: ReferenceKeyValue[] };
      spans: ReferenceSpan[];
    }[];
  }[];
}

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
const CODES = ['Unset', 'Ok', 'Error'] as const;

function toSpan(span: ReferenceSpan, resource: Span['resource'], scope: Span['scope']): Span {
  const dropped = {
    ...(span.droppedAttributesCount > 0 && { 'otel.dropped_attributes_count': span.droppedAttributesCount }),
    ...(span.droppedEventsCount > 0 && { 'otel.dropped_events_count': span.droppedEventsCount }),
    ...(span.droppedLinksCount > 0 && { 'otel.dropped_links_count': span.droppedLinksCount }),
  };
  return {
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: toHex(span.parentSpanId),
    traceState: span.traceState,
    name: span.name,
    kind: KINDS[span.kind] ?? 'Unspecified',
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    statusCode: CODES[span.status?.code ?? 0] ?? 'Unset',
    statusMessage: span.status?.message ?? '',
    resource,
    scope,
    attributes: Object.assign(toAttributes(span.attributes), dropped),
    events: span.events.map(({ timeUnixNano, name, attributes }) => ({
      timeUnixNano,
      name,
      attributes: toAttributes(attributes),
    })),
    links: span.links.map(({ traceId, spanId, traceState, attributes }) => ({
      traceId: toHex(traceId),
      spanId: toHex(spanId),
      traceState,
      attributes: toAttributes(attributes),
    })),
  };
}

function toAttributes(list: readonly ReferenceKeyValue[]): Attributes {
  const attributes: Attributes = Object.create(null);
  for (const { key, value } of list) attributes[key] = toValue(value);
  return attributes;
}

function toValue(any: ReferenceValue | undefined): AttributeValue {
  const { case: kind, value } = any?.value ?? {};
  if (kind === undefined) return null;
  if (kind === 'arrayValue') return (value as { values: ReferenceValue[] }).values.map(toValue);
  if (kind === 'kvlistValue') return toAttributes((value as { values: ReferenceKeyValue[] }).values);
  if (kind === 'intValue') return Number.isSafeInteger(Number(value)) ? Number(value) : (value as bigint);
  if (kind === 'bytesValue') return new Uint8Array(value as Uint8Array);
  return value as AttributeValue;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function schemaOf(type: string): DescMessage {
  return registry.getMessage(`otlp.${type}`)!;
}

/** protobufjs leaves out what @bufbuild/protobuf needs in a descriptor: full type names, JSON names of one word. */
function descriptorBytes(): Uint8Array {
  interface Type {
    name: string;
    field?: { name: string; jsonName?: string; typeName?: string }[];
    nestedType?: Type[];
  }
  const set = descriptor.FileDescriptorSet.toObject(
    (root as unknown as { toDescriptor(s: string): protobuf.Message }).toDescriptor('proto3'),
  );
  const files = set['file'] as { package: string; messageType: Type[] }[];
  const names = new Map<string, string>();
  const visit = (types: Type[], scope: string) => {
    for (const type of types) {
      names.set(type.name, `${scope}.${type.name}`);
      visit(type.nestedType ?? [], `${scope}.${type.name}`);
    }
  };
  const qualify = (types: Type[]) => {
    for (const type of types) {
      for (const field of type.field ?? []) {
        field.jsonName ??= field.name;
        if (field.typeName) field.typeName = names.get(field.typeName.split('.').at(-1)!)!;
      }
      qualify(type.nestedType ?? []);
    }
  };
  for (const file of files) {
    visit(file.messageType, `.${file.package}`);
    qualify(file.messageType);
  }
  return descriptor.FileDescriptorSet.encode(descriptor.FileDescriptorSet.fromObject(set)).finish();
}
