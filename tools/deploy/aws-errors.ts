/** Error names and Node.js codes that mean AWS is unreachable. */
const UNREACHED = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|TimeoutError)$/

/** Advice for AWS SDK errors that give none; `undefined` for others. */
export function fixOf(error: Error, region: string): string | undefined {
  const { name } = error
  if (/CredentialsProvider/.test(name))
    return 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or .env'
  if (/Expired|Skewed|NotYetCurrent/.test(name))
    return 'sign in again: aws sso login, or new AWS_… variables; is the clock right?'
  if (/InvalidClientToken|SignatureDoesNotMatch|UnrecognizedClient/.test(name))
    return `check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for an opt-in region, also check that ${region} is enabled`
  // The SDK could not parse a response.
  if (name === 'SyntaxError' && '$response' in error)
    return 'the response did not come from AWS: check HTTPS_PROXY, HTTP_PROXY and AWS_ENDPOINT_URL'
  return UNREACHED.test('code' in error ? String(error.code) : name) ? unreached(region) : undefined
}

export const unreached = (region: string): string =>
  `is the internet reachable, and is ${region} a region of AWS (AWS_REGION)?`
