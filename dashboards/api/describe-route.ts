import { jsonSchemaTransform } from 'fastify-type-provider-zod';

type Transform = typeof jsonSchemaTransform;
type Described = ReturnType<Transform>;

/** RFC 9457, as problem.ts writes it. */
const PROBLEM = {
  type: 'object',
  description: 'A problem (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'request_id'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          code: { type: 'string', description: 'Stable; for programs' },
          request_id: { type: 'string', description: 'Stands in the log too' },
        },
      },
    },
  },
} as const;

/** A route for the OpenAPI document: its own schemas as JSON Schema, and the problems that every route may answer with. */
export function describeRoute(route: Parameters<Transform>[0]): Described {
  const described = jsonSchemaTransform(route);
  const schema = described.schema as { hide?: boolean; response?: Record<string, unknown> };
  if (schema?.hide) return described;
  const { config } = route.route;
  const full = {
    ...schema,
    // The document asks for a token everywhere else.
    ...(config?.open && { security: [] }),
    'x-permission': config?.permission ?? (config?.signedIn ? 'signed in' : 'open'),
    response: { ...schema?.response, default: PROBLEM },
  };
  return { ...described, schema: withoutPatterns(full) };
}

/** A format says what a pattern of a thousand characters says, and generators of requests choke on the pattern. */
function withoutPatterns<Schema>(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(withoutPatterns) as Schema;
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key]) => key !== 'pattern' || !('format' in schema));
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutPatterns(value)])) as Schema;
}
