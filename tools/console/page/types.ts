/** What the page and the server behind it tell each other. */

/** `/.console/settings.json` */
export interface Settings {
  /** `local`: the page of `make dev`, which records every request. `remote`: another place's APIs, of which only our own calls are known. */
  readonly mode: 'local' | 'remote'
  /** URL of each API's first resource by its name, e.g. `http://localhost:3000/default/rds`; without an origin where it is the page's own. */
  readonly apis: { readonly rds: string; readonly s3: string } & Readonly<Record<string, string>>
  /** What the APIs ask of callers; absent where that is not known. */
  readonly access?: Access
  /** Bytes of the largest file that goes through the API. */
  readonly maxDirectSize: number
}

export type Access = 'open' | 'api-key' | 'iam' | 'token'

/** Bytes, as text where they are UTF-8. */
export interface Content {
  /** Bytes, of the whole. */
  readonly size: number
  /** Only the beginning is here. */
  readonly cut: boolean
  readonly text?: string
  readonly base64?: string
}

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** A row of the list of requests. */
export interface RequestSummary {
  readonly id: string
  /** Of the answer; epoch milliseconds. */
  readonly time: number
  readonly method: string
  /** As sent: path and query, or the whole URL of a call to another place. */
  readonly target: string
  /** 0 where there was no answer. */
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** Bytes of the answer's body. */
  readonly size: number
  /** Execution environment; absent where no function answered. */
  readonly environment?: string
  /** Milliseconds of initialisation; only of a cold start. */
  readonly coldStart?: number
}

/** All that is known of one request. Values of credentials are not. */
export interface RequestDetail extends RequestSummary {
  readonly headers: HeaderList
  /** Absent where it was too large to be read. */
  readonly body?: Content
  readonly answer: { readonly headers: HeaderList; readonly body: Content }
  /** What the function was given; its body is that above. */
  readonly event?: object
  /** What the function gave, where that is no answer: JSON text. */
  readonly functionError?: string
  /** Milliseconds in the function. */
  readonly functionDuration?: number
  readonly lines?: readonly string[]
}

/** The stream `/.console/requests` begins with it, and says it again when the list was emptied: whatever the page has is void. */
export interface Hello {
  /** Requests that are kept. */
  readonly capacity: number
}
