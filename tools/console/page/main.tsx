import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { AccessDialog } from './access-dialog.tsx'
import { ApiSection, useApis } from './api/section.tsx'
import { feed } from './feed.ts'
import { chooseLanguage, currentLanguage, type Language, t } from './i18n.ts'
import { keptHere } from './kept.ts'
import { PresignSection } from './presign/view.tsx'
import { RequestsSection } from './requests/section.tsx'
import { Button, Icon, Toasts, useEvent } from './ui.tsx'

const SECTIONS = ['api', 'requests', 'presign'] as const
const THEMES = ['auto', 'light', 'dark'] as const
const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }

function App() {
  const { load, ...found } = useApis()
  const [language, setLanguage] = useState(currentLanguage)
  const [address, setAddress] = useState(location.hash)
  const [asks, setAsks] = useState(false)
  const [caller, setCaller] = useState(0)
  const main = useRef<HTMLElement>(null)
  useEvent(feed, 'connection')
  const section = SECTIONS.find((each) => address.startsWith(`#/${each}`)) ?? 'api'
  const title = `${t(section)} · ${found.settings?.name ?? ''} ${t('console')}`
  useEffect(() => {
    const change = () => {
      setAddress(location.hash)
      // At the top of another section, for the eye and for the keyboard.
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  useEffect(() => {
    document.documentElement.lang = language
    document.title = title
  }, [language, title])
  const asked = (found.apis ?? []).flatMap(({ operations }) => operations.flatMap(({ access }) => access))
  return (
    <div class="app">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t('skip')}
      </button>
      <header class="top">
        <a class="row brand" href="#/api">
          <img src="/.console/icon.svg" alt="" width="24" height="24" />
          <span>{found.settings?.name ?? ''}</span>
        </a>
        <nav aria-label={t('sections')}>
          {SECTIONS.map((each) => (
            <a key={each} href={`#/${each}`} aria-current={each === section ? 'page' : undefined}>
              {t(each)}
            </a>
          ))}
        </nav>
        <div class="row end">
          <span class={feed.connected ? 'connection' : 'connection lost'} role="status">
            {t(feed.connected ? 'local' : 'stopped')}
          </span>
          {asked.length > 0 && (
            <Button kind="quiet" icon="key" onClick={() => setAsks(true)}>
              {t('access')}
            </Button>
          )}
          <select
            aria-label={t('language')}
            onChange={({ currentTarget }) => {
              chooseLanguage(currentTarget.value as Language)
              setLanguage(currentLanguage())
            }}
          >
            {Object.entries(LANGUAGES).map(([each, text]) => (
              <option key={each} value={each} lang={each} selected={each === language}>
                {text}
              </option>
            ))}
          </select>
          <Themes />
        </div>
      </header>
      {!feed.connected && (
        <p class="problem" role="alert">
          <Icon name="warning" />
          <span>{t('lost')}</span>
        </p>
      )}
      <main id="main" ref={main} tabIndex={-1}>
        <ApiSection {...found} {...{ load, caller, address }} visible={section === 'api'} />
        <RequestsSection visible={section === 'requests'} />
        <PresignSection visible={section === 'presign'} />
      </main>
      {asks && (
        <AccessDialog asked={asked} onClose={() => setAsks(false)} onChange={() => setCaller((count) => count + 1)} />
      )}
      <Toasts />
    </div>
  )
}

function Themes() {
  const { dataset } = document.documentElement
  const [theme, setTheme] = useState(dataset.theme ?? 'auto')
  function choose(chosen: string) {
    dataset.theme = chosen
    keptHere.setItem('theme', chosen)
    setTheme(chosen)
  }
  return (
    <select aria-label={t('theme')} value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {t(`theme.${each}`)}
        </option>
      ))}
    </select>
  )
}

render(<App />, document.body)
