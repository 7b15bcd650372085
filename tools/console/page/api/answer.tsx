import { useState } from 'preact/hooks'
import { type CurlRequest, toCurl } from '../curl.ts'
import type { Answer } from '../http.ts'
import { millisecondsOf, sizeOf, t } from '../i18n.ts'
import { showExplained } from '../presign/view.tsx'
import { Button, Code, copy, Status, TimeLeft } from '../ui.tsx'

/** A response: status, content, and the links and pictures in it. */
export function AnswerView({ answer }: { answer: Answer }) {
  const { call, status, text, picture, size, json, duration, time } = answer
  const about = [millisecondsOf(duration), sizeOf(size), ...(call.origin === location.origin ? [] : [call.origin])]
  return (
    <article class="card vstack answer" aria-label={t('answer')}>
      <header class="hstack">
        <Status status={status} />
        <span class="muted small">{about.join(' · ')}</span>
        <CurlButton call={call} />
      </header>
      {picture && <img class="picture" src={picture} alt={t('answer')} />}
      {linksIn(json)
        .slice(0, 20)
        .map((link) => (
          <Link key={link.url} {...link} since={time} />
        ))}
      {text && <Code text={text} label={t('answer')} />}
    </article>
  )
}

export const CurlButton = ({ call }: { call: CurlRequest }) => (
  <Button kind="ghost" onClick={() => copy(toCurl(call))}>
    {t('curl')}
  </Button>
)

/** A link; `expiresIn` is in seconds, if a number. */
type FoundLink = { readonly url: string; readonly expiresIn: unknown }

/** Finds URLs in a response, with the `expiresIn` beside them. Upload forms are not links. */
function linksIn(value: unknown): FoundLink[] {
  if (typeof value !== 'object' || value === null || 'fields' in value) return []
  return Object.values(value).flatMap((each) => {
    if (typeof each !== 'string') return linksIn(each)
    const isLink = /^https?:\/\/./.test(each) && URL.canParse(each)
    return isLink ? [{ url: each, expiresIn: 'expiresIn' in value && value.expiresIn }] : []
  })
}

function Link({ url, expiresIn, since }: FoundLink & { since: number }) {
  const [isPicture, setPicture] = useState(/\.(png|jpe?g|gif|webp|avif|svg|ico)$/i.test(new URL(url).pathname))
  return (
    <div class="hstack link">
      {isPicture && <img class="picture" src={url} alt="" onError={() => setPicture(false)} />}
      <div>
        <p class="target" dir="ltr" title={url}>
          {url.split('?')[0]}
        </p>
        {typeof expiresIn === 'number' && (
          <p class="muted small">
            {t('timeLeft')} <TimeLeft until={since + expiresIn * 1000} />
          </p>
        )}
        <div class="hstack">
          <a class="button outline" href={url} target="_blank" rel="noopener noreferrer">
            {t('open')}
          </a>
          <Button onClick={() => copy(url)}>{t('copyLink')}</Button>
          {url.includes('X-Amz-Signature=') && <Button onClick={() => showExplained(url)}>{t('explain')}</Button>}
        </div>
      </div>
    </div>
  )
}
