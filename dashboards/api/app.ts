import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import etag from '@fastify/etag';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { auditPrivilegedReads } from './audit-privileged-reads.ts';
import { describeRoute } from './describe-route.ts';
import { guardAccess } from './guard-access.ts';
import { limitRequests } from './limit-requests.ts';
import { answerProblems } from './problem.ts';
import type { Routes } from './route-group.ts';
import { accessSettingsRoutes } from './routes/access-settings.ts';
import { agentRoutes } from './routes/agents.ts';
import { alertStreamRoutes } from './routes/alert-stream.ts';
import { alertRoutes } from './routes/alerts.ts';
import { archiveRoutes } from './routes/archive.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { breakGlassRoutes } from './routes/break-glass.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { destinationRoutes } from './routes/destinations.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { insightRoutes } from './routes/insights.ts';
import { modelPassRoutes } from './routes/model-passes.ts';
import { modelSettingsRoutes } from './routes/model-settings.ts';
import { orgRoutes } from './routes/orgs.ts';
import { overviewRoutes } from './routes/overview.ts';
import { policyRoutes } from './routes/policy.ts';
import { redactionPolicyRoutes } from './routes/redaction-policy.ts';
import { retentionRoutes } from './routes/retention.ts';
import { routingRoutes } from './routes/routing.ts';
import { ruleEditingRoutes } from './routes/rule-editing.ts';
import { ruleHealthRoutes } from './routes/rule-health.ts';
import { ruleRoutes } from './routes/rules.ts';
import { savedQueryRoutes } from './routes/saved-queries.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionDetailRoutes } from './routes/session-detail.ts';
import { sessionLogRoutes } from './routes/session-logs.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { singleSignOnRoutes } from './routes/single-sign-on.ts';
import { slackCallbackRoutes } from './routes/slack-callback.ts';
import { sqlRoutes } from './routes/sql.ts';
import { summaryRoutes } from './routes/summaries.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { toolRoutes } from './routes/tools.ts';
import { usageRoutes } from './routes/usage.ts';
import { userRoutes } from './routes/users.ts';
import { webRoutes } from './routes/web.ts';
import type { ApiOptions, ApiServices } from './services.ts';

const GROUPS: readonly Routes[] = [
  healthRoutes,
  alertRoutes,
  alertStreamRoutes,
  incidentRoutes,
  ruleHealthRoutes,
  ruleRoutes,
  ruleEditingRoutes,
  exceptionRoutes,
  signInRoutes,
  singleSignOnRoutes,
  backtestRoutes,
  sessionRoutes,
  sessionDetailRoutes,
  sessionLogRoutes,
  overviewRoutes,
  searchRoutes,
  agentRoutes,
  toolRoutes,
  usageRoutes,
  sqlRoutes,
  savedQueryRoutes,
  deploymentRoutes,
  destinationRoutes,
  routingRoutes,
  slackCallbackRoutes,
  orgRoutes,
  tokenRoutes,
  userRoutes,
  breakGlassRoutes,
  accessSettingsRoutes,
  retentionRoutes,
  erasureRoutes,
  archiveRoutes,
  policyRoutes,
  redactionPolicyRoutes,
  modelSettingsRoutes,
  summaryRoutes,
  modelPassRoutes,
  insightRoutes,
  auditRoutes,
];

/** Largest request body; a query of the longest kind and its parameters fit. */
const MOST_BODY_BYTES = 1_048_576;
/** Below this a compressed answer is hardly smaller. */
const COMPRESS_FROM_BYTES = 1_024;
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
    // The proxy in front of us, and nobody else, says where a request came from.
    ...(options.behindProxy && { trustProxy: (_address: string, hop: number) => hop === 0 }),
    routerOptions: { maxParamLength: 300 },
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, services.logError);
  guardAccess(app, services, options);
  auditPrivilegedReads(app, services);
  await limitRequests(app, options.requestsPerMinute);
  // Weak: the hash is of what is compressed, in whatever encoding it goes out.
  await app.register(etag, { weak: true });
  await app.register(compress, { threshold: COMPRESS_FROM_BYTES, encodings: ['zstd', 'br', 'gzip'] });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Spanwarden', version: services.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: describeRoute,
  });
  await app.register(async (scope) => {
    const api = scope.withTypeProvider<ZodTypeProvider>();
    for (const add of options.healthOnly ? [healthRoutes] : GROUPS) add(api, services, options);
  });
  if (!options.healthOnly) await app.register(webRoutes, options);
  app.get('/api/openapi.json', { config: { open: true }, schema: { hide: true } }, () => app.swagger());
  return app;
}
