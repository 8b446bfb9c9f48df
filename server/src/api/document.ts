import { z } from 'zod';
import { HOLDS } from './held.ts';
import type { Access, Contract, Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

const VERSION = '1.0.0';

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457. `code` is stable: what a program may depend on.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    instance: { type: 'string', description: 'Id of the request, as in X-Request-Id' },
    sentence: {
      type: 'object',
      description:
        'What `detail` says, for whoever says it in another language; missing where that is in the words of an org or a person',
      properties: {
        code: { type: 'string', description: 'Stable: which sentence of the server it is' },
        parameters: {
          type: 'object',
          additionalProperties: true,
          description: 'What is filled in, by name: a text, or such a sentence itself',
        },
      },
      required: ['code', 'parameters'],
    },
    hold: {
      type: 'string',
      enum: [...HOLDS],
      description:
        'Of a batch: nothing is wrong with it, but its transfer takes nothing now. Ask again as Retry-After says.',
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
};

const SECURITY_SCHEMES: Json = {
  account: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, a user’s session, or the operator’s token. Each endpoint names its scope.',
  },
  operator: { type: 'http', scheme: 'bearer', description: 'The operator’s token.' },
  plugin: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A connection’s access token, of POST /oauth/token.',
  },
};

/** The OpenAPI 3.1 document of the routes, from the schemas that check their input. */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DI Connect',
      version: VERSION,
      description: 'Keeps a marketing project’s tables and a Salesforce org in step, both ways.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'The request was refused; `code` says why',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function operationOf(route: Route): Json {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...parametersOf(route.headers, 'header'),
  ];
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: securityOf(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(route),
    responses: {
      [String(route.answer?.status ?? 200)]: answerOf(route.answer),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function requestBodyOf({ body, fileType }: Contract): Json {
  if (fileType !== undefined)
    return {
      requestBody: {
        required: true,
        content: { [fileType]: { schema: { type: 'string', format: 'binary' } } },
      },
    };
  if (body === undefined) return {};
  const required = !body.safeParse(undefined).success;
  return {
    requestBody: { required, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
  };
}

/** `get /v1/admin/projects/{project}` is `getAdminProjectsProject`. */
function operationId({ method, path }: Contract): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf(access: Access): Json[] {
  if (access === 'public') return [];
  if (access === 'user') return [{ account: [] }];
  if (typeof access === 'string') return [{ [access]: [] }];
  return [{ account: [access.scope] }];
}

function answerOf(answer: Contract['answer']): Json {
  if (answer?.status === 204) return { description: 'Done' };
  const type = answer?.type ?? 'application/json';
  return {
    description: 'Done',
    content: { [type]: { schema: answer?.schema ? schemaOf(answer.schema, 'output') : { type: 'string' } } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query' | 'header'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...shape } = property;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: shape,
    };
  });
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return shape;
}
