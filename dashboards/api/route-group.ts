import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiOptions, ApiServices } from './services.ts';

/** The app as route groups see it: schemas are zod's, and types follow from them. */
type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** A route group: adds its routes to the app. */
export type Routes = (app: Api, services: ApiServices, options: ApiOptions) => void;
