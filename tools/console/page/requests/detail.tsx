import type { ComponentChildren, Ref } from 'preact'
import { toCurl } from '../curl.ts'
import { feed } from '../feed.ts'
import { dateOf, millisecondsOf, sizeOf, t } from '../i18n.ts'
import { Code } from '../text-blocks.tsx'
import type { Content, HeaderList, RequestDetail } from '../types.ts'
import { Button, copy, IconButton, Status, say } from '../ui.tsx'

interface Props {
  readonly request: RequestDetail
  readonly heading: Ref<HTMLHeadingElement>
  onClose(): void
}

/** All of one request. */
export function Detail({ request, heading, onClose }: Props) {
  const { id, method, target, status, headers, body, answer, event, functionError, lines } = request
  const { origin } = location
  const { coldStart, environment, functionDuration } = request
  const whole = body !== undefined && !body.cut
  const started = coldStart !== undefined ? t('coldText', { ms: Math.round(coldStart) }) : environment && t('warm')
  const facts = [
    [t('time'), dateOf(request.time)],
    [t('total'), millisecondsOf(request.duration)],
    [t('inFunction'), functionDuration === undefined ? undefined : millisecondsOf(functionDuration)],
    [t('start'), started],
    [t('environment'), environment ?? t('byGateway')],
    [t('id'), id],
  ]
  const replay = async () => say(t((await feed.replay(id)) ? 'replayed' : 'notReplayed'))
  return (
    <article aria-labelledby="request-title">
      <header class="row spread">
        <h2 id="request-title" ref={heading} tabIndex={-1}>
          <Status status={status} /> {`${method} ${target}`}
        </h2>
        <IconButton icon="close" label={t('back')} onClick={onClose} />
      </header>
      <div class="row">
        <Button icon="replay" disabled={!whole} onClick={replay}>
          {t('replay')}
        </Button>
        <Button
          icon="copy"
          disabled={body?.cut ?? false}
          onClick={() => copy(toCurl({ method, origin, target, headers, body: bytesOf(body) }))}
        >
          {t('curl')}
        </Button>
      </div>
      {!whole && <p class="hint">{t('noReplay')}</p>}
      <dl class="facts">
        {facts.map(
          ([term, value]) =>
            value && (
              <>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </>
            ),
        )}
      </dl>
      {lines && (
        <Part title={t('log')} open>
          {lines.length === 0 && <p class="muted">{t('noLog')}</p>}
          {lines.map((line, index) => (
            <Code key={index} text={line} label={t('log')} />
          ))}
        </Part>
      )}
      {functionError !== undefined && (
        <Part title={t('functionError')} open>
          <Code text={functionError} label={t('functionError')} />
        </Part>
      )}
      <Part title={t('answerBody')} open>
        <Body body={answer.body} label={t('answerBody')} />
      </Part>
      <Part title={t('answerHeaders')}>
        <Headers list={answer.headers} />
      </Part>
      <Part title={t('sentBody')}>
        <Body body={body} label={t('sentBody')} />
      </Part>
      <Part title={t('sentHeaders')}>
        <Headers list={headers} />
      </Part>
      {event && (
        <Part title={t('event')} open>
          <Code text={JSON.stringify(event)} label={t('event')} />
        </Part>
      )}
    </article>
  )
}

/** One that was opened stays open from one request to the next: its element is the same. */
const Part = ({ title, open = false, children }: { title: string; open?: boolean; children: ComponentChildren }) => (
  <details open={open}>
    <summary>
      <h3>{title}</h3>
    </summary>
    {children}
  </details>
)

const Headers = ({ list }: { list: HeaderList }) => (
  <dl class="facts mono">
    {list.map(([name, value]) => (
      <>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
)

function Body({ body, label }: { body: Content | undefined; label: string }) {
  if (!body) return <p class="muted">{t('tooLarge')}</p>
  const { size, cut, text, base64 = '' } = body
  if (size === 0) return <p class="muted">{t('noBody')}</p>
  const kept = text === undefined ? (base64.length * 3) / 4 : new TextEncoder().encode(text).length
  return (
    <>
      {text === undefined && <p class="muted small">{t('binary', { size: sizeOf(size) })}</p>}
      {cut && <p class="muted small">{t('cut', { kept: sizeOf(kept), size: sizeOf(size) })}</p>}
      <Code text={text ?? base64} label={label} />
    </>
  )
}

function bytesOf(body: Content | undefined): Uint8Array | undefined {
  if (body?.text !== undefined) return new TextEncoder().encode(body.text)
  return body?.base64 === undefined ? undefined : Uint8Array.from(atob(body.base64), (char) => char.charCodeAt(0))
}
