/** `make cost`: estimates the monthly cost of this configuration at rest, and per million requests. It does not call AWS. */
import { openDeployment } from '../deploy/cdktf/deployment.ts'
import { main } from '../deploy/cli.ts'
import { dollars, estimate, monthly, sum } from './cost/estimate.ts'
import { PRICES_FROM } from './cost/prices.ts'

const row = (what: string, ...cells: string[]) =>
  console.log([`  ${what}`.padEnd(32), ...cells.map((cell) => cell.trim().padStart(14))].join(''))

await main(async () => {
  const milliseconds = Number(process.env.DURATION || 20)
  if (!(milliseconds > 0)) throw new Error(`DURATION=${process.env.DURATION} must be a number of milliseconds above 0`)
  const { settings, deployment } = await openDeployment()
  const { AWS_REGION: wanted } = settings
  const { region, prices, atRest, perMillion, usesS3 } = estimate(deployment.stacks, wanted, milliseconds)
  const { s3PutMillion, s3GetMillion, s3GbMonth, transferGb, logGbMonth, imageGbMonth } = prices
  const where = region === wanted ? region : `${region}, since those of ${wanted} are unknown here`
  console.log(`
Prices of ${PRICES_FROM} in ${where}; US dollars, without tax (tools/docs/cost/prices.ts). Check them before you rely on them.

At rest, without any requests:`)
  for (const item of atRest)
    row(item.what, `${item.amount} ${item.unit}`, item.price === undefined ? 'unknown' : dollars(monthly(item)))
  row('A month', '', dollars(sum(atRest.map(monthly))))
  console.log(`\nPer million requests of ${milliseconds} ms each (DURATION=…), by function:`)
  const all = perMillion.map(([, parts]) => parts)
  row('', ...perMillion.map(([name]) => name))
  for (const part of Object.keys(Object.assign({}, ...all))) row(part, ...all.map((parts) => dollars(parts[part] ?? 0)))
  row('A million', ...all.map((parts) => dollars(sum(Object.values(parts)))))
  const files = `objects in S3 $${s3GbMonth} (${dollars(s3PutMillion)} a million PUT, ${dollars(s3GetMillion)} a million GET), `
  console.log(`
In addition, by use: $${transferGb} per GB to the internet; storage per GB and month: ${usesS3 ? files : ''}log lines $${logGbMonth}, images $${imageGbMonth}.
Not included: backups beyond a database's size, and AWS's support plan.
Free tier of every account per month, in total: 1 million Lambda requests and 400,000 GB-seconds, 10 alarms, 3 dashboards, 10 metrics,
5 GB of logs, 100 GB to the internet. New accounts have more for a while.`)
})
