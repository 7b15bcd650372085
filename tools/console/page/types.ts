/** What the page and the server behind it tell each other. */

/** `/.console/settings.json` */
export interface Settings {
  /** Of the project. */
  readonly name: string
  /** Names of the APIs; each is described at `/openapi/<name>.json`. */
  readonly apis: readonly string[]
}

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
  /** As sent: path and query. */
  readonly target: string
  /** 0 where there was no answer. */
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
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
  readonly lines: readonly string[]
}

/** The stream `/.console/requests` begins with it, and says it again when the list was emptied: whatever the page has is void. */
export interface Hello {
  /** Requests that are kept. */
  readonly capacity: number
}
