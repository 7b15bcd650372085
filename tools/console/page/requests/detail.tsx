import { useLayoutEffect, useRef } from 'preact/hooks'
import type { RequestDetail } from '../../recorder.ts'
import { toCurl } from '../curl.ts'
import { dateOf, millisecondsOf, sizeOf, t } from '../i18n.ts'
import { Button, Code, copy, Facts, Status, say } from '../ui.tsx'

/** Details of a request. */
export function Detail({ request, onClose }: { request: RequestDetail; onClose(): void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { id, method, target, status, duration, coldStart, functionDuration, environment } = request
  const { headers, body, answer, event, functionError, lines } = request
  const whole = body !== undefined && !body.cut
  const curl = () => copy(toCurl({ method, origin: location.origin, target, headers, body: body?.text }))
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [id])
  async function replay() {
    const response = await fetch(`/.console/requests/${id}`, { method: 'POST' }).catch(() => undefined)
    say(t(response?.ok ? 'replayed' : 'noAnswer'))
  }
  return (
    <article class="card vstack detail" aria-labelledby="request-title">
      <header class="hstack justify-between">
        <h2 id="request-title" ref={heading} tabIndex={-1}>
          <Status status={status} /> {`${method} ${target}`}
        </h2>
        <Button kind="ghost" onClick={onClose}>
          {t('back')}
        </Button>
      </header>
      <div class="hstack">
        <Button disabled={!whole} onClick={replay}>
          {t('replay')}
        </Button>
        <Button disabled={!whole || body.text === undefined} onClick={curl}>
          {t('curl')}
        </Button>
      </div>
      <Facts
        list={[
          [t('time'), dateOf(request.time)],
          [t('duration'), millisecondsOf(duration)],
          [t('inFunction'), functionDuration && millisecondsOf(functionDuration)],
          [t('coldStart'), coldStart && millisecondsOf(coldStart)],
          [t('environment'), environment ?? t('gateway')],
          [t('id'), id],
        ]}
      />
      <Part title={t('log')} texts={lines} open />
      {functionError !== undefined && <Part title={t('functionError')} texts={[functionError]} open />}
      <Part title={t('answerBody')} {...shown(answer.body)} open />
      <Part title={t('answerHeaders')} texts={[listed(answer.headers)]} />
      <Part title={t('sentBody')} {...shown(body)} />
      <Part title={t('sentHeaders')} texts={[listed(headers)]} />
      {event && <Part title={t('event')} texts={[JSON.stringify(event)]} open />}
    </article>
  )
}

interface PartProps {
  readonly title: string
  readonly texts: readonly string[]
  readonly note?: string
  readonly open?: boolean
}

/** A collapsible part. It stays open from one request to the next, which reuse its element. */
const Part = ({ title, texts, note = texts.length > 0 ? '' : t('none'), open = false }: PartProps) => (
  <details open={open}>
    <summary>{title}</summary>
    {note && <p class="muted small">{note}</p>}
    {texts.map((text, index) => (
      <Code key={index} text={text} label={title} />
    ))}
  </details>
)

const listed = (headers: readonly (readonly [name: string, value: string])[]) =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n')

function shown(body: RequestDetail['body']): Pick<PartProps, 'texts' | 'note'> {
  if (!body) return { texts: [], note: t('tooLarge') }
  const { size, cut, text, base64 = '' } = body
  const texts = [text ?? base64].filter(Boolean)
  if (cut) return { texts, note: t('cut', { size: sizeOf(size) }) }
  return text === undefined ? { texts, note: t('binary', { size: sizeOf(size) }) } : { texts }
}
