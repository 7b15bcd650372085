/** Names of errors, and codes of Node.js, of a way that does not lead to AWS. */
const UNREACHED = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|TimeoutError)$/

/** Advice for errors of AWS's SDK that give none; undefined for any other error. */
export function fixOf(error: Error, region: string): string | undefined {
  const { name } = error
  if (/CredentialsProvider/.test(name))
    return 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or .env'
  if (/Expired|Skewed|NotYetCurrent/.test(name))
    return 'sign in again: aws sso login, or new AWS_… variables; is the clock right?'
  if (/InvalidClientToken|SignatureDoesNotMatch|UnrecognizedClient/.test(name))
    return `check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in a region that has to be enabled first, also that ${region} is`
  // The SDK could not read an answer.
  if (name === 'SyntaxError' && '$response' in error)
    return 'something else than AWS answered: look at HTTPS_PROXY, HTTP_PROXY and AWS_ENDPOINT_URL'
  return UNREACHED.test('code' in error ? String(error.code) : name) ? unreached(region) : undefined
}

export const unreached = (region: string): string =>
  `is the internet reachable, and is ${region} a region of AWS (AWS_REGION)?`
