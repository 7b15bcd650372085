import { useState } from 'preact/hooks'
import { dateOf, t } from '../i18n.ts'
import { Facts, Problem, TimeLeft, useNow } from '../ui.tsx'
import { type Condition, type Explanation, explain } from './explain.ts'

let enter: (text: string) => void = () => {}

/** Opens the section with a URL. Kept out of the page's address, and so out of the browser's history. */
export function showExplained(url: string): void {
  enter(url)
  location.hash = '#/presign'
}

/** The section that explains presigned URLs. */
export function PresignSection({ visible }: { visible: boolean }) {
  const [text, setText] = useState('')
  enter = setText
  const told = explain(text, useNow())
  return (
    <section class="vstack" hidden={!visible}>
      <header class="vstack head">
        <h1>{t('presign')}</h1>
        <p class="muted">{t('presign.lead')}</p>
      </header>
      <div class="vstack field">
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
      {!told && text.trim() !== '' && <Problem>{t('presign.none')}</Problem>}
    </section>
  )
}

function Told({ told }: { told: Explanation }) {
  const { problems, bucket, key, region, accessKeyId, temporary, headers, conditions, until } = told
  const good = problems.length === 0
  const timed = !Number.isNaN(until)
  return (
    <>
      {/* Screen readers announce changes here, unlike those of the remaining time. */}
      <div class={good ? 'card' : 'problem'} role="status">
        <h2>{t(good ? 'presign.good' : 'presign.bad')}</h2>
        <ul>
          {problems.map(([problem, values]) => (
            <li>{t(problem, values)}</li>
          ))}
        </ul>
      </div>
      <div class="card">
        <Facts
          list={[
            [t('presign.bucket'), bucket],
            [t('presign.key'), key],
            [t('presign.region'), region],
            [t('presign.who'), [accessKeyId, temporary && t('presign.session')].filter(Boolean).join(' · ')],
            [t('presign.headers'), headers.join(', ')],
            ...conditions.map((each) => [t('presign.condition'), condition(each)] as const),
            [t('presign.until'), timed && dateOf(until)],
            [t('timeLeft'), timed && <TimeLeft until={until} />],
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
