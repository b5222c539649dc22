import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { guardAccess } from './guard-access.ts';
import { answerProblems } from './problem.ts';
import type { Routes } from './route-group.ts';
import { agentRoutes } from './routes/agents.ts';
import { alertStreamRoutes } from './routes/alert-stream.ts';
import { alertRoutes } from './routes/alerts.ts';
import { archiveRoutes } from './routes/archive.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { destinationRoutes } from './routes/destinations.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { orgRoutes } from './routes/orgs.ts';
import { overviewRoutes } from './routes/overview.ts';
import { policyRoutes } from './routes/policy.ts';
import { redactionPolicyRoutes } from './routes/redaction-policy.ts';
import { retentionRoutes } from './routes/retention.ts';
import { routingRoutes } from './routes/routing.ts';
import { ruleHealthRoutes } from './routes/rule-health.ts';
import { ruleRoutes } from './routes/rules.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionDetailRoutes } from './routes/session-detail.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { slackCallbackRoutes } from './routes/slack-callback.ts';
import { sqlRoutes } from './routes/sql.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { toolRoutes } from './routes/tools.ts';
import { usageRoutes } from './routes/usage.ts';
import { webRoutes } from './routes/web.ts';
import type { ApiOptions, ApiServices } from './services.ts';

const GROUPS: readonly Routes[] = [
  healthRoutes,
  alertRoutes,
  alertStreamRoutes,
  incidentRoutes,
  ruleHealthRoutes,
  ruleRoutes,
  exceptionRoutes,
  signInRoutes,
  backtestRoutes,
  sessionRoutes,
  sessionDetailRoutes,
  overviewRoutes,
  searchRoutes,
  agentRoutes,
  toolRoutes,
  usageRoutes,
  sqlRoutes,
  deploymentRoutes,
  destinationRoutes,
  routingRoutes,
  slackCallbackRoutes,
  orgRoutes,
  tokenRoutes,
  retentionRoutes,
  erasureRoutes,
  archiveRoutes,
  policyRoutes,
  redactionPolicyRoutes,
  auditRoutes,
];

/** Largest request body; a query of the longest kind and its parameters fit. */
const MOST_BODY_BYTES = 1_048_576;
/** A client that takes longer to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The API as a Fastify app: not listening yet, so that tests can inject requests. */
export async function createApi(services: ApiServices, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    ...(options.tls && { https: { ...options.tls } }),
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Streams of alerts would keep a closing server open.
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    logger: false,
    routerOptions: { maxParamLength: 300 },
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, services.logError);
  guardAccess(app, services, options.hosts);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Spanwarden', version: services.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    const api = scope.withTypeProvider<ZodTypeProvider>();
    for (const add of GROUPS) add(api, services, options);
  });
  await app.register(webRoutes, options);
  app.get('/api/openapi.json', { config: { open: true }, schema: { hide: true } }, () => app.swagger());
  return app;
}
