import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { t } from '../i18n.ts'
import { type Api, apiOf, type Document } from '../openapi.ts'
import type { Settings } from '../types.ts'
import { Problem } from '../ui.tsx'
import { ListView } from './list-view.tsx'
import { Method, OperationView } from './operation-view.tsx'

/** Loads the APIs and their descriptions, and again when they change. */
export function useApis() {
  const [found, setFound] = useState<{ settings?: Settings; apis: readonly Api[]; problem: string }>()
  async function load() {
    try {
      const settings = await json<Settings>('/.console/settings.json')
      const apis = settings.apis.map(async (name) => apiOf(name, await json<Document>(`/openapi/${name}.json`)))
      setFound({ settings, apis: await Promise.all(apis), problem: '' })
    } catch (error) {
      setFound((before) => ({ apis: [], ...before, problem: error instanceof Error ? error.message : String(error) }))
    }
  }
  useEffect(() => {
    if (feed.connected) void load()
  }, [feed.connected])
  useEffect(() => {
    feed.addEventListener('apis', load)
  }, [])
  return { apis: [], problem: '', ...found }
}

async function json<T>(path: string): Promise<T> {
  const response = await fetch(path)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

interface Props {
  readonly found: ReturnType<typeof useApis>
  /** Fragment of the page's address. */
  readonly address: string
  readonly visible: boolean
}

/** The APIs, their operations, and one of them. Forms and answers of those that were looked at stay. */
export function ApiSection({ found: { apis, settings, problem }, address, visible }: Props) {
  const visited = useRef(new Set<string>())
  const last = useRef('')
  if (address.startsWith('#/api/')) last.current = address
  const entries = apis.flatMap((api) =>
    api.operations.map((operation) => ({ operation, at: `#/api/${api.name}/${operation.id}` })),
  )
  const current = entries.find(({ at }) => at === last.current) ?? entries[0]
  if (current) visited.current.add(current.at)

  return (
    <div class="sided" hidden={!visible}>
      <nav aria-label={t('operations')} class="side">
        {apis.map((api) => (
          <section key={api.name}>
            <h2>{api.title}</h2>
            <p class="muted small">{api.description}</p>
            <ul>
              {entries
                .filter(({ operation }) => operation.api === api)
                .map(({ operation: { method, path, summary }, at }) => (
                  <li key={at}>
                    <a href={at} aria-current={at === current?.at ? 'page' : undefined} title={path}>
                      <Method method={method} />
                      <span>{summary}</span>
                    </a>
                  </li>
                ))}
            </ul>
            <a class="small" href={`/openapi/${api.name}.json`} target="_blank" rel="noopener">
              openapi.json
            </a>
          </section>
        ))}
      </nav>
      <div class="content">
        {problem && <Problem>{problem}</Problem>}
        {settings && apis.length === 0 && !problem && <p class="empty">{t('noApis')}</p>}
        {entries
          .filter(({ at }) => visited.current.has(at))
          .map(({ operation, at }) => (
            <div key={at} class="stack" hidden={at !== current?.at}>
              {operation.list ? (
                <ListView operation={operation} list={operation.list} visible={visible && at === current?.at} />
              ) : (
                <OperationView operation={operation} />
              )}
            </div>
          ))}
      </div>
    </div>
  )
}
