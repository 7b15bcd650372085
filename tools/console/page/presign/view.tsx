import { useState } from 'preact/hooks'
import { dateOf, t } from '../i18n.ts'
import { Facts, TimeLeft, useNow } from '../ui.tsx'
import { explain } from './explain.ts'
import type { Condition, Explanation } from './signature.ts'

let begin: (text: string) => void = () => {}

/** Shows the section with this text in it. */
export function openPresign(text: string): void {
  begin(text)
  location.hash = '#/presign'
}

/** The section that explains presigned URLs, as they are typed. */
export function PresignSection({ visible }: { visible: boolean }) {
  const [text, setText] = useState('')
  begin = setText
  const told = explain(text, useNow())
  return (
    <section class="stack narrow" hidden={!visible}>
      <header class="stack head">
        <h1>{t('presign')}</h1>
        <p class="muted">{t('presign.lead')}</p>
      </header>
      <div class="field">
        <label for="presigned">{t('presign.input')}</label>
        <textarea
          id="presigned"
          rows={5}
          class="mono"
          spellcheck={false}
          autocomplete="off"
          dir="ltr"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      {told && <Told told={told} />}
      {!told && text.trim() !== '' && (
        <p class="error" role="status">
          {t('presign.none')}
        </p>
      )}
    </section>
  )
}

function Told({ told }: { told: Explanation }) {
  const { problems, bucket, key, region, accessKeyId, temporary, headers, conditions, until } = told
  const good = problems.length === 0
  const timed = !Number.isNaN(until)
  return (
    <>
      {/* Said again where it changes, unlike the time that is left. */}
      <div class={good ? 'problem good' : 'problem'} role="status">
        <div>
          <h2>{t(good ? 'presign.good' : 'presign.bad')}</h2>
          {good && <p>{t('presign.goodText')}</p>}
          <ul class="findings">
            {problems.map(([problem, values]) => (
              <li>{t(problem, values)}</li>
            ))}
          </ul>
        </div>
      </div>
      <div class="card">
        <h2>{t('presign.facts')}</h2>
        <Facts
          list={[
            [t('presign.bucket'), bucket],
            [t('presign.key'), key],
            [t('presign.region'), region],
            [t('presign.who'), [accessKeyId, temporary && t('presign.session')].filter(Boolean).join(' · ')],
            [t('presign.headers'), headers.join(', ')],
            ...conditions.map((each) => [t('presign.condition'), condition(each)] as const),
            [t('presign.until'), timed && dateOf(until)],
            [t('presign.left'), timed && <TimeLeft until={until} />],
          ]}
        />
      </div>
    </>
  )
}

function condition([operator, operand, value]: Condition): string {
  if (operator === 'content-length-range') return t('presign.range', { min: operand, max: value })
  return `${operand.replace('$', '')} = ${value}${operator === 'starts-with' ? '…' : ''}`
}
