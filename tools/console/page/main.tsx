import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ApiSection, useApis } from './api/section.tsx'
import { chooseLanguage, language as first, type Language, t } from './i18n.ts'
import { useLive } from './live.ts'
import { PresignSection } from './presign/view.tsx'
import { RequestsSection } from './requests/section.tsx'
import { Button, Problem, Toasts } from './ui.tsx'

const SECTIONS = ['api', 'requests', 'presign'] as const
const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }

function App() {
  const { requests, revision, connected } = useLive()
  const found = useApis(revision)
  const [language, setLanguage] = useState(first)
  const [address, setAddress] = useState(location.hash)
  const main = useRef<HTMLElement>(null)
  const name = found?.name ?? ''
  const section = SECTIONS.find((each) => address.startsWith(`#/${each}`)) ?? 'api'
  const other = language === 'en' ? 'ko' : 'en'
  const title = `${t(section)} · ${name} ${t('console')}`
  // Memoized: incoming requests must not re-render every form.
  const apis = useMemo(
    () => found && <ApiSection {...{ found, address, connected }} visible={section === 'api'} />,
    [found, address, connected, language],
  )
  useEffect(() => {
    addEventListener('hashchange', () => {
      setAddress(location.hash)
      // Moves view and focus to the top of the new section.
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
      <header class="hstack top">
        <a href="#/api">
          <img src="/.console/icon.svg" alt="" width="24" height="24" />
          <strong>{name}</strong>
        </a>
        <nav aria-label={t('sections')}>
          {SECTIONS.map((each) => (
            <a key={each} href={`#/${each}`} aria-current={each === section ? 'page' : undefined}>
              {t(each)}
            </a>
          ))}
        </nav>
        <Button kind="ghost" class="end" lang={other} onClick={() => setLanguage(chooseLanguage(other))}>
          {LANGUAGES[other]}
        </Button>
      </header>
      {!connected && <Problem>{t('lost')}</Problem>}
      <main ref={main} tabIndex={-1}>
        {apis}
        <RequestsSection requests={requests} visible={section === 'requests'} />
        <PresignSection visible={section === 'presign'} />
      </main>
      <Toasts />
    </div>
  )
}

render(<App />, document.body)
