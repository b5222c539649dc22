import { z } from 'zod';
import type { StoredPolicy } from '../../core/alert-policy.ts';
import { timeSchema } from '../../core/time-schema.ts';
import { matcherSchema } from './matcher.ts';
import { weeklyHoursSchema } from './weekly-hours.ts';

const name = z.string().trim().min(1).max(100);
const destinations = z.array(z.string().min(1).max(100)).max(20);
const minutes = z.number().min(0.01).max(43_200);

/** Routes are asked in order of `position`; the first that matches decides, unless it says `continue`. */
export const routeSchema = z.strictObject({
  name,
  position: z.int().min(0).max(1_000_000).default(1_000),
  match: matcherSchema.default({}),
  except: matcherSchema.optional(),
  /** Nobody when empty: the alert is recorded and nothing is sent. */
  destinations,
  /** Ask the routes behind it too. */
  continue: z.boolean().default(false),
  /** Applies within these hours; outside the next route is asked, or what it takes waits for them. */
  hours: weeklyHoursSchema.optional(),
  outside_hours: z.enum(['next', 'hold']).default('next'),
  /** What is alike in these goes in one message; null is a message for each alert. */
  group_by: z
    .array(z.enum(['rule', 'entity', 'session', 'severity']))
    .max(4)
    .nullable()
    .default(null),
  /** How long the first alert of a group waits for others. */
  group_wait_seconds: z.number().min(0).max(3_600).default(30),
  /** The least time between two messages of a group, and between two updates of an alert. */
  group_interval_seconds: z.number().min(1).max(86_400).default(300),
  /** Says again that an alert is open and not acknowledged; null is never. */
  repeat_minutes: minutes.nullable().default(null),
  /** Who hears of an alert that nobody acknowledged in time. */
  escalate: z
    .strictObject({ after_minutes: minutes, destinations: destinations.min(1) })
    .nullable()
    .default(null),
  /** Collects what it takes and sends one message in so many minutes; null sends at once. */
  digest_minutes: minutes.nullable().default(null),
});
export type Route = z.infer<typeof routeSchema> & { readonly id: string };

export const silenceSchema = z
  .strictObject({
    match: matcherSchema,
    except: matcherSchema.optional(),
    starts_at: timeSchema,
    ends_at: timeSchema,
    reason: z.string().trim().min(1).max(500),
    /** A maintenance window: only within these hours. */
    hours: weeklyHoursSchema.optional(),
    /** How long before its end the fallback destinations (every destination when there are none) hear of it; null is never. */
    notice_minutes: minutes.nullable().default(60),
  })
  .refine(({ match }) => Object.keys(match).length > 0, { path: ['match'] })
  .refine(({ starts_at, ends_at }) => Date.parse(starts_at) < Date.parse(ends_at), { path: ['ends_at'] });
export type Silence = z.infer<typeof silenceSchema> & { readonly id: string };

/** While an alert that `source` matches is not closed, alerts that `target` matches and that are equal in `equal` notify nobody. */
export const inhibitionSchema = z.strictObject({
  name,
  source: matcherSchema.refine((match) => Object.keys(match).length > 0),
  target: matcherSchema.refine((match) => Object.keys(match).length > 0),
  equal: z
    .array(z.enum(['session', 'entity']))
    .min(1)
    .max(2),
});
export type Inhibition = z.infer<typeof inhibitionSchema> & { readonly id: string };

export interface Policy {
  /** In the order in which they are asked. */
  readonly routes: readonly Route[];
  readonly silences: readonly Silence[];
  readonly inhibitions: readonly Inhibition[];
}

export const POLICY_SCHEMAS = { route: routeSchema, silence: silenceSchema, inhibition: inhibitionSchema } as const;
export type PolicyKind = keyof typeof POLICY_SCHEMAS;

/** Stored policies as the planner asks them. One that another version wrote and this one does not understand is left out. */
export function toPolicy(stored: readonly StoredPolicy[]): Policy {
  const routes = parsed(stored, 'route', routeSchema);
  return {
    // The sort is stable: of two at one position the older is asked first.
    routes: routes.sort((a, b) => a.position - b.position),
    silences: parsed(stored, 'silence', silenceSchema),
    inhibitions: parsed(stored, 'inhibition', inhibitionSchema),
  };
}

function parsed<Schema extends z.ZodType<object>>(
  stored: readonly StoredPolicy[],
  kind: PolicyKind,
  schema: Schema,
): (z.output<Schema> & { id: string })[] {
  return stored.flatMap((policy) => {
    if (policy.kind !== kind) return [];
    const body = schema.safeParse(policy.body);
    return body.success ? [{ ...body.data, id: policy.id }] : [];
  });
}
