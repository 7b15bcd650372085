/** A proxy integration's response, for peers whose framework does not build it. */
export const json = (statusCode, body) => ({
  statusCode,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})
