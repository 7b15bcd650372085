/** `make cost`: what this configuration costs a month at rest, and per million requests. It asks AWS for nothing. */
import { dollars, type Estimate, estimate } from './cost/estimate.ts'
import { alwaysFree, PRICES_FROM, prices } from './cost/prices.ts'
import { type Load, loadOf } from './cost/requests.ts'
import { Cdktf } from './deploy/cdktf.ts'
import { loadSettings } from './deploy/settings.ts'
import { main } from './deploy/steps.ts'

type Cells = readonly [string, ...string[]]

/** The first column to the left, the others to the right. */
function table(rows: readonly (Cells | undefined)[]): string {
  const all = rows.filter((row) => row !== undefined)
  const widths = all.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  )
  const line = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, 0))
  return rows
    .map((row) =>
      row === undefined
        ? `  ${line}`
        : `  ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart((widths[index] ?? 0) + 2))).join('')}`,
    )
    .join('\n')
}

function restTable({ atRest: { items, monthly, free, unpriced } }: Estimate): string {
  const rows: (Cells | undefined)[] = items.map(({ what, quantity, monthly }) => [what, quantity, dollars(monthly)])
  rows.push(undefined, ['A month', '', dollars(monthly)])
  if (free > 0) rows.push(['without what every account has free', '', dollars(monthly - free)])
  const lines = [table(rows)]
  if (unpriced.length > 0) lines.push(`\n  Not in it, for its price is not known here: ${unpriced.join(', ')}`)
  return lines.join('\n')
}

function requestTable({ perMillion }: Estimate, { DURATION_RDS, DURATION_S3, FILE_KB }: Load): string {
  const names = [...new Set(perMillion.flatMap(({ parts }) => Object.keys(parts)))]
  const headings = { users: 'users', uploads: 'uploads', downloads: 'downloads' }
  return table([
    ['', ...perMillion.map(({ kind }) => headings[kind])],
    ['', `${DURATION_RDS} ms`, `${DURATION_S3} ms, ${FILE_KB} KB`, `${DURATION_S3} ms, ${FILE_KB} KB`],
    undefined,
    ...names.map(
      (name): Cells => [name, ...perMillion.map(({ parts }) => (name in parts ? dollars(parts[name] ?? 0) : '–'))],
    ),
    undefined,
    ['A million', ...perMillion.map(({ total }) => dollars(total))],
    ['the first of a month', ...perMillion.map(({ total, free }) => dollars(total - free))],
  ])
}

await main(async () => {
  const settings = loadSettings()
  const load = loadOf(process.env)
  const cdktf = new Cdktf({ environment: settings.ENVIRONMENT })
  await cdktf.synthesize()
  const result = await estimate(cdktf.outdir, settings, load)
  const { region } = result
  const where =
    region === settings.AWS_REGION ? region : `${region}, since those of ${settings.AWS_REGION} are not known here`
  const { lambda, cloudWatch, transferOut } = alwaysFree
  const { s3, cloudWatch: logs, ecr } = prices[region]
  const stored = [
    `files $${s3.gbMonth}`,
    `log lines $${logs.logsStoredGbMonth} (for LOG_RETENTION=${settings.LOG_RETENTION} days)`,
    `images $${ecr.gbMonth}`,
  ]
  console.log(`
Prices of ${PRICES_FROM} in ${where}; US dollars, without tax (scripts/cost/prices.ts). Check them before you rely on them.

At rest, with no request at all:
${restTable(result)}

Per million requests (DURATION_RDS, DURATION_S3, FILE_KB, ANSWER_KB change what a request is):
${requestTable(result, load)}

Free each month in every account, for all that is in it: ${lambda.requests / 1e6} million Lambda requests and ${lambda.gbSeconds / 1000},000 GB-seconds,
${cloudWatch.alarmMetrics} alarms, ${cloudWatch.dashboards} dashboards, ${cloudWatch.logsGb} GB of logs, ${transferOut.gb} GB to the internet. New accounts have more for a while.
Beside that, for what is stored: ${stored.join(', ')}, by GB and month.
Not in it: backups beyond the database's size, and AWS's support plan.`)
})
