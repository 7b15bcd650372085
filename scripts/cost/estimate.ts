import type { Settings } from '../../terraform/settings.ts'
import { type AtRest, atRest } from './at-rest.ts'
import { prices } from './prices.ts'
import { type Load, type PerMillion, perMillion, usualLoad } from './requests.ts'
import { resourcesIn } from './stacks.ts'

export interface Estimate {
  /** Whose prices these are. */
  readonly region: keyof typeof prices
  readonly atRest: AtRest
  readonly perMillion: readonly PerMillion[]
}

/** What the synthesized stacks cost. */
export async function estimate(outdir: string, settings: Settings, load: Load = usualLoad): Promise<Estimate> {
  const region = settings.AWS_REGION in prices ? (settings.AWS_REGION as keyof typeof prices) : 'us-east-1'
  return {
    region,
    atRest: atRest(await resourcesIn(outdir), prices[region]),
    perMillion: perMillion(settings, prices[region], load),
  }
}

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`

/** In one line, for those who asked for something else. */
export function summary({ atRest, perMillion: [users] }: Estimate): string {
  const more = atRest.unpriced.length > 0 ? ` and what has no price here (${atRest.unpriced.join(', ')})` : ''
  return `about ${dollars(atRest.monthly)} a month at rest${more}, ${dollars(users?.total ?? 0)} per million requests: make cost`
}
