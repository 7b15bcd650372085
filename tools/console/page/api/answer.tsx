import { useEffect, useState } from 'preact/hooks'
import { toCurl } from '../curl.ts'
import { type Answer, curlOf } from '../http.ts'
import { millisecondsOf, sizeOf, t } from '../i18n.ts'
import { openPresign } from '../presign/view.tsx'
import { Code } from '../text-blocks.tsx'
import { Button, copy, Status, TimeLeft } from '../ui.tsx'

/** An answer: its status, what it holds, and the links and pictures in that. */
export function AnswerView({ answer }: { answer: Answer }) {
  const { call, status, headers, text, blob, duration } = answer
  const list = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  return (
    <article class="card stack answer" aria-label={t('answer')}>
      <header class="row">
        <Status status={status} />
        <span class="muted small">
          {[millisecondsOf(duration), sizeOf(blob.size), call.anonymous && new URL(call.url).host]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <Button kind="quiet" icon="copy" onClick={() => copy(toCurl(curlOf(call)))}>
          {t('curl')}
        </Button>
      </header>
      {answer.type.startsWith('image/') && <Picture blob={blob} />}
      {linksIn(answer.json).map((link) => (
        <Link key={link.url} {...link} since={answer.time} />
      ))}
      {text && <Code text={text} label={t('answer')} />}
      {list && (
        <details>
          <summary>{t('headers')}</summary>
          <Code text={list} label={t('headers')} />
        </details>
      )}
    </article>
  )
}

interface FoundLink {
  readonly url: string
  /** Seconds. */
  readonly expiresIn?: number
}

/** Web addresses in an answer, with the time that stands beside them; forms for an upload are none. */
function linksIn(value: unknown): FoundLink[] {
  if (typeof value !== 'object' || value === null || 'fields' in value) return []
  const { expiresIn } = value as { expiresIn?: unknown }
  const time = typeof expiresIn === 'number' ? { expiresIn } : {}
  return Object.values(value)
    .flatMap((each): FoundLink[] => {
      if (typeof each !== 'string') return linksIn(each)
      return /^https?:\/\/./.test(each) && URL.canParse(each) ? [{ url: each, ...time }] : []
    })
    .slice(0, 20)
}

function Link({ url, expiresIn, since }: FoundLink & { since: number }) {
  const { pathname, searchParams } = new URL(url)
  const picture = /\.(png|jpe?g|gif|webp|avif|svg|ico)$/i.test(pathname)
  const signed = searchParams.has('X-Amz-Signature')
  return (
    <div class="row link">
      {picture && <Thumbnail url={url} />}
      <div>
        <p class="target" dir="ltr" title={url}>
          {(signed && decode(pathname.split('/').at(-1) ?? '')) || url}
        </p>
        {expiresIn !== undefined && (
          <p class="muted small">
            {t('linkLeft')} <TimeLeft until={since + expiresIn * 1000} />
          </p>
        )}
        <div class="row">
          <a class="button" href={url} target="_blank" rel="noopener noreferrer">
            {t('open')}
          </a>
          <Button icon="copy" onClick={() => copy(url)}>
            {t('copyLink')}
          </Button>
          {signed && (
            <Button icon="key" onClick={() => openPresign(url)}>
              {t('explain')}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

/** A picture behind a link; nothing where it is none. */
function Thumbnail({ url }: { url: string }) {
  const [failed, setFailed] = useState(false)
  return failed ? null : <img class="picture" src={url} alt="" onError={() => setFailed(true)} />
}

function Picture({ blob }: { blob: Blob }) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url ? <img class="picture large" src={url} alt={t('answer')} /> : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
