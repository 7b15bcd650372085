import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { AccessDialog } from './access-dialog.tsx'
import { ApiSection, useApis } from './api/section.tsx'
import { feed } from './feed.ts'
import { chooseLanguage, currentLanguage, type Language, t } from './i18n.ts'
import { PresignSection } from './presign/view.tsx'
import { RequestsSection } from './requests/section.tsx'
import { Button, Problem, Toasts, useEvent } from './ui.tsx'

const SECTIONS = ['api', 'requests', 'presign'] as const
const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }

function App() {
  const found = useApis()
  const [language, setLanguage] = useState(currentLanguage)
  const [address, setAddress] = useState(location.hash)
  const [asks, setAsks] = useState(false)
  const main = useRef<HTMLElement>(null)
  useEvent(feed, 'connection')
  const name = found.settings?.name ?? ''
  const asked = found.apis.flatMap(({ operations }) => operations.flatMap(({ access }) => access))
  const section = SECTIONS.find((each) => address.startsWith(`#/${each}`)) ?? 'api'
  const other = language === 'en' ? 'ko' : 'en'
  const title = `${t(section)} · ${name} ${t('console')}`
  useEffect(() => {
    addEventListener('hashchange', () => {
      setAddress(location.hash)
      // At the top of another section, for the eye and for the keyboard.
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    })
  }, [])
  useEffect(() => {
    document.documentElement.lang = language
    document.title = title
  }, [language, title])
  return (
    <div class="app">
      <button type="button" class="hidden" onClick={() => main.current?.focus()}>
        {t('skip')}
      </button>
      <header class="top">
        <a class="row brand" href="#/api">
          <img src="/.console/icon.svg" alt="" width="24" height="24" />
          <span>{name}</span>
        </a>
        <nav aria-label={t('sections')}>
          {SECTIONS.map((each) => (
            <a key={each} href={`#/${each}`} aria-current={each === section ? 'page' : undefined}>
              {t(each)}
            </a>
          ))}
        </nav>
        <div class="row end">
          {asked.length > 0 && (
            <Button kind="ghost" onClick={() => setAsks(true)}>
              {t('access')}
            </Button>
          )}
          <Button
            kind="ghost"
            lang={other}
            onClick={() => {
              chooseLanguage(other)
              setLanguage(other)
            }}
          >
            {LANGUAGES[other]}
          </Button>
        </div>
      </header>
      {!feed.connected && <Problem>{t('lost')}</Problem>}
      <main id="main" ref={main} tabIndex={-1}>
        <ApiSection {...{ found, address }} visible={section === 'api'} />
        <RequestsSection visible={section === 'requests'} />
        <PresignSection visible={section === 'presign'} />
      </main>
      {asks && <AccessDialog asked={asked} onClose={() => setAsks(false)} />}
      <Toasts />
    </div>
  )
}

render(<App />, document.body)
