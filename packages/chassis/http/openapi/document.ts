/** The parts of OpenAPI 3.1 that the platform writes and reads. */
export interface OpenApi {
  openapi: '3.1.0';
  info: OpenApiInfo;
  tags?: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> };
}

export interface OpenApiInfo { title: string; version: string; description?: string }

export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  /** Whether the gateway offers it. */
  'x-audience': 'public' | 'internal';
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, ResponseObject>;
}

export interface Parameter { name: string; in: 'path' | 'query' | 'header'; required: boolean; description?: string; schema: JsonSchema }
export interface Media { schema: JsonSchema; examples?: Record<string, { summary?: string; value: unknown }> }
export interface ResponseObject {
  description: string;
  headers?: Record<string, { description: string; schema: JsonSchema }>;
  content?: Record<string, Media>;
}

/** JSON Schema 2020-12. */
export type JsonSchema = Record<string, unknown>;
