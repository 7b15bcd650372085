/** What the server behind the page tells it. */

/** A message of the stream `/.console/requests`, which comes whenever something in it has changed. */
export interface Live {
  /** Of the APIs' descriptions. */
  readonly revision: string
  /** Those that are kept, the oldest first. */
  readonly requests: readonly RequestSummary[]
}

/** A row of the list of requests. */
export interface RequestSummary {
  readonly id: string
  /** Of the answer; epoch milliseconds. */
  readonly time: number
  readonly method: string
  /** As sent: path and query. */
  readonly target: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** Execution environment; none where no function answered. */
  readonly environment: string | undefined
  /** Milliseconds of initialisation; only of a cold start. */
  readonly coldStart: number | undefined
  /** Some come after the answer. */
  readonly lineCount: number
}

/** All that is known of one request. Values of credentials are not. */
export interface RequestDetail extends RequestSummary {
  readonly headers: HeaderList
  /** None where it was too large to be read. */
  readonly body: Content | undefined
  readonly answer: { readonly headers: HeaderList; readonly body: Content }
  /** What the function was given; its body is that above. */
  readonly event: object | undefined
  /** What the function gave, where that is no answer: JSON text. */
  readonly functionError: string | undefined
  /** Milliseconds in the function. */
  readonly functionDuration: number | undefined
  readonly lines: readonly string[]
}

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Bytes, as text where they are UTF-8 without a zero byte. */
export interface Content {
  /** Bytes, of the whole. */
  readonly size: number
  /** Only the beginning is here. */
  readonly cut: boolean
  readonly text?: string
  readonly base64?: string
}
