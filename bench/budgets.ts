/** A figure that may not grow. */
export interface Budget {
  /** What the project set out to reach, as `make bench` tells. @default none */
  readonly target?: number
  /**
   * What `make bench-check` lets pass: what was measured on a machine with other work to do, and a quarter more. A slower start,
   * a driver loaded twice or a middleware that copies a body is more than that; a percent has to be looked for with `make bench`.
   */
  readonly limit: number
}

/**
 * All budgets, in the one place where they stand. Times are ratios to others that run in turn with ours, never milliseconds: those
 * tell of the machine. `make bench-check` drives everyone by a runtime client of its own, `make bench` by AWS's.
 */
export const budgets = {
  'users: first answer, to Python': { target: 0.9, limit: 1.15 },
  'users: first answer, to an empty handler': { target: 1.6, limit: 1.7 },
  'users: GET, to Python': { target: 0.6, limit: 0.6 },
  'users: POST, to Python': { target: 0.8, limit: 0.7 },
  'files: ready, to Python': { target: 0.3, limit: 0.32 },
  'files: first answer (a link), to Python': { target: 0.4, limit: 0.36 },
  'files: first answer (an upload), to Python': { target: 0.4, limit: 0.6 },
  'files: upload, to Python': { target: 0.9, limit: 1.15 },
  'files: upload, to Python, both without their runtime client': { limit: 1 },
  'files: upload, to the least of any client': { target: 1.25, limit: 1.8 },
  'files: link, to Python': { target: 1, limit: 1.3 },
  'users: the stack and GET, to GET alone': { limit: 1.5 },
  'users: memory, MB': { target: 75, limit: 75 },
  'files: memory with an upload of 4.5 MB, MB': { target: 128, limit: 100 },
  'rds: code, bytes': { limit: 500_000 },
  's3: code, bytes': { limit: 360_000 },
} as const satisfies Record<string, Budget>

export type BudgetName = keyof typeof budgets
