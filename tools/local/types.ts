/** What `local/` knows of the deployed program: read from the Terraform that `npm run synth` writes (see wiring.ts). */
export interface Wiring {
  readonly functions: readonly FunctionWiring[]
  readonly apis: readonly ApiWiring[]
  /** Of the bucket, where it is Terraform's. */
  readonly cors?: CorsRule
}

export interface FunctionWiring {
  /** Name of the Lambda function, e.g. `rds`. */
  readonly name: string
  /** Tag of the container image, and name of the folder under `functions/` that it is built from. */
  readonly image: string
  /** Handler in the bundle: the image's CMD or its override, e.g. `index.handler`. */
  readonly handler: string
  /** MB. */
  readonly memorySize: number
  /** Seconds. */
  readonly timeout: number
  /** As Terraform has it; a value may be an unresolved `${…}` expression, which `local/` replaces by its own. */
  readonly environment: Readonly<Record<string, string>>
}

export interface ApiWiring {
  readonly name: string
  readonly stage: string
  readonly binaryMediaTypes: readonly string[]
  readonly methods: readonly MethodWiring[]
  /** Requests that the stage takes a second, and at once; further ones are a 429 (`aws_api_gateway_method_settings`). */
  readonly rateLimit: number
  readonly burstLimit: number
  /** Headers that `aws_api_gateway_gateway_response` adds to answers of the gateway's own, by response type (`DEFAULT_4XX`, `DEFAULT_5XX`). */
  readonly gatewayResponseHeaders: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface MethodWiring {
  /** Path template, e.g. `/rds/{id}`. */
  readonly resource: string
  /** `GET` … or `ANY`. */
  readonly httpMethod: string
  /** @default anyone may call it */
  readonly access?: AccessWiring
  readonly integration:
    | { readonly type: 'AWS_PROXY'; readonly functionName: string; readonly timeoutMs: number }
    | { readonly type: 'MOCK'; readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }
}

/** What a method asks of its callers. */
export type AccessWiring =
  | { readonly type: 'iam' | 'api-key' }
  | {
      /** A Lambda authorizer of type TOKEN, on the header Authorization. */
      readonly type: 'authorizer'
      readonly functionName: string
      /** Regular expression; a header that does not match it as a whole is refused without an invocation. */
      readonly pattern: string
      /** Seconds that an answer is kept for the same token; 0 for not at all. */
      readonly lifetime: number
    }

/** What one invocation gave: the payload as the function sent it, or the error as Lambda reports it. */
export interface InvocationResult {
  readonly requestId: string
  /** JSON text. With `functionError`: `{errorType, errorMessage, trace?}`. */
  readonly payload: string
  readonly functionError?: 'Unhandled'
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds; only where this invocation started the execution environment (a cold start). */
  readonly initDuration?: number
  /** The execution environment that served it. */
  readonly environmentId?: string
}

/** A Lambda function that can be invoked synchronously, with its execution environments behind it. */
export interface LambdaFunction {
  readonly name: string
  /** Event in, result out. Rejects only with `RequestTooLargeError`, `TooManyRequestsError` or when stopped. */
  invoke(event: unknown): Promise<InvocationResult>
  /** New code: idle environments end now, busy ones after their invocation. */
  reload(): void
  stop(): Promise<void>
}

export interface Database {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly name: string
  /** One line for people: what runs where. */
  readonly description: string
  /** Whether it is one of the user's, by DB_HOST, and not a private one. @default false */
  readonly given?: boolean
  stop(): Promise<void>
}

export interface Store {
  /** `http://127.0.0.1:PORT`: an IP address, so the SDK uses path-style addresses by itself. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** The buckets by name, each with its CORS rules; where these are unknown, any page may use it. Changes take effect at once. */
  readonly buckets: Map<string, readonly CorsRule[] | undefined>
  stop(): Promise<void>
}

/** Pages that may use a bucket, and how (a `cors_rule` of `aws_s3_bucket_cors_configuration`). Origins and headers may have a `*`. */
export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposed: readonly string[]
  /** Seconds that a browser may keep the answer to its preflight. */
  readonly maxAge?: number
}
