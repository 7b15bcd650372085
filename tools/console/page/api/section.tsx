import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { t } from '../i18n.ts'
import { type Api, apiOf, type Document } from '../openapi.ts'
import type { Settings } from '../types.ts'
import { Button, Problem } from '../ui.tsx'
import { ListView } from './list-view.tsx'
import type { Initial } from './operation-form.tsx'
import { Method, OperationView } from './operation-view.tsx'

/** Fragment of the page's address that shows an operation. */
const addressOf = (api: string, id: string) => `#/api/${encodeURIComponent(api)}/${encodeURIComponent(id)}`

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
    const back = () => {
      if (feed.connected) void load()
    }
    void load()
    feed.addEventListener('apis', load)
    feed.addEventListener('connection', back)
  }, [])
  return { ...found, load }
}

async function json<T>(path: string): Promise<T> {
  const response = await fetch(path)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

interface Props extends Partial<ReturnType<typeof useApis>> {
  /** Fragment of the page's address. */
  readonly address: string
  readonly visible: boolean
  /** Counts changes of what callers say of themselves: lists are loaded again. */
  readonly caller: number
}

/** The APIs, their operations, and one of them; forms and answers of those that were looked at stay. */
export function ApiSection({ apis = [], settings, problem, load, address, visible, caller }: Props) {
  /** Steps from other operations, each of which begins anew. */
  const [steps, setSteps] = useState<Readonly<Record<string, { readonly initial: Initial; readonly count: number }>>>(
    {},
  )
  const visited = useRef(new Set<string>())
  const last = useRef('')
  if (visible && /^#\/api\/./.test(address)) last.current = address
  const entries = apis.flatMap((api) =>
    api.operations.map((operation) => ({ api, operation, at: addressOf(api.name, operation.id) })),
  )
  const current =
    entries.find(({ at }) => at === last.current) ??
    entries.find(({ at }) => at.startsWith(`${last.current}/`)) ??
    entries[0]
  if (current) visited.current.add(current.at)

  function go(at: string, initial: Initial) {
    setSteps((before) => ({ ...before, [at]: { initial, count: (before[at]?.count ?? 0) + 1 } }))
    location.hash = at
  }

  return (
    <div class="sided" hidden={!visible}>
      <nav aria-label={t('operations')} class="side">
        {apis.map((api) => (
          <section key={api.name}>
            <h2>{api.title}</h2>
            {api.description && <p class="muted small">{api.description.split('\n')[0]}</p>}
            <ul>
              {entries
                .filter((each) => each.api === api)
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
      <div class="side-choice">
        <select
          aria-label={t('operations')}
          value={current?.at}
          onChange={({ currentTarget }) => location.assign(currentTarget.value)}
        >
          {entries.map(({ api, operation: { method, summary }, at }) => (
            <option key={at} value={at}>
              {`${api.title} · ${method} · ${summary}`}
            </option>
          ))}
        </select>
      </div>
      <div class="content">
        {problem && <Problem action={<Button onClick={load}>{t('again')}</Button>}>{problem}</Problem>}
        {settings && apis.length === 0 && !problem && <p class="empty">{t('noApis')}</p>}
        {entries
          .filter(({ at }) => visited.current.has(at))
          .map(({ api, operation, at }) => {
            const props = { api, operation }
            const { initial, count } = steps[at] ?? {}
            return (
              <div key={`${at} ${count}`} class="stack" hidden={at !== current?.at}>
                {operation.list ? (
                  <ListView {...props} visible={visible && at === current?.at} caller={caller} />
                ) : (
                  <OperationView
                    {...props}
                    {...(initial && { initial })}
                    onStep={(step, parameters) => go(addressOf(api.name, step.id), { parameters })}
                  />
                )}
              </div>
            )
          })}
      </div>
    </div>
  )
}
