import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { dateOf, found, t } from '../i18n.ts'
import { Icon, TimeLeft, useNow } from '../ui.tsx'
import { explain } from './explain.ts'
import type { Condition, Explanation, Finding } from './signature.ts'

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
  const now = useNow()
  const told = explain(text, now)
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
      <div class="stack">
        {told ? (
          <Told told={told} />
        ) : (
          text.trim() !== '' && (
            <p class="error" role="status">
              <Icon name="warning" />
              <span>{t('presign.none')}</span>
            </p>
          )
        )}
      </div>
    </section>
  )
}

function Told({ told }: { told: Explanation }) {
  const { problems, notes, bucket, key, host, region, accessKeyId, temporary, from, until } = told
  const time = (at: number) => (Number.isNaN(at) ? undefined : dateOf(at))
  const headers = told.signedHeaders?.join(', ') || '–'
  const facts: [term: string, value: ComponentChildren][] = [
    [t('presign.bucket'), bucket && <code dir="auto">{bucket}</code>],
    [t('presign.key'), key && <code dir="auto">{key}</code>],
    [t('presign.host'), <code>{host}</code>],
    [t('presign.region'), region && <code>{region}</code>],
    [
      t('presign.who'),
      accessKeyId && (
        <>
          <code>{accessKeyId}</code>{' '}
          <span class="muted">{t(temporary ? 'presign.temporary' : 'presign.longTerm')}</span>
        </>
      ),
    ],
    [t('presign.signed'), told.conditions ? t('presign.signedForm') : t('presign.signedText', { headers })],
    [t('presign.overrides'), told.overrides?.map(([name, value]) => <code class="line">{`${name}: ${value}`}</code>)],
    [t('presign.conditions'), told.conditions?.map((each) => <span class="line">{condition(each)}</span>)],
    [t('presign.from'), time(from)],
    [t('presign.until'), time(until)],
    [t('presign.left'), Number.isNaN(until) ? undefined : <TimeLeft until={until} />],
  ]
  return (
    <>
      {/* Said again where it changes, unlike the time that is left. */}
      <div class={problems.length > 0 ? 'problem' : 'problem good'} role="status">
        <Icon name={problems.length > 0 ? 'warning' : 'done'} />
        <div>
          <h2>{t(problems.length > 0 ? 'presign.bad' : 'presign.good')}</h2>
          {problems.length > 0 ? <Findings kind="problem" list={problems} /> : <p>{t('presign.goodText')}</p>}
        </div>
      </div>
      <div class="card">
        <h2>{t('presign.facts')}</h2>
        <dl class="facts">
          {facts
            .filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0))
            .map(([term, value]) => (
              <>
                <dt>{term}</dt>
                <dd>{value || t('presign.unknown')}</dd>
              </>
            ))}
        </dl>
      </div>
      {notes.length > 0 && (
        <div class="card">
          <h2>{t('presign.notes')}</h2>
          <Findings kind="note" list={notes} />
        </div>
      )}
    </>
  )
}

const Findings = ({ kind, list }: { kind: 'problem' | 'note'; list: readonly Finding[] }) => (
  <ul class="findings">
    {list.map(({ code, values }) => (
      <li key={code}>{found(`${kind}.${code}`, values)}</li>
    ))}
  </ul>
)

function condition([operator, operand, value]: Condition): string {
  const name = operand.replace(/^\$/, '')
  if (operator === 'content-length-range') return t('presign.range', { min: operand, max: value })
  return t(operator === 'starts-with' ? 'presign.startsWith' : 'presign.equals', { name, value })
}
