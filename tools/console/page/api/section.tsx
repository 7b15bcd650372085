import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { t } from '../i18n.ts'
import { type Api, apiOf, type Document, type Operation } from '../openapi.ts'
import type { Settings } from '../types.ts'
import { Button, Problem } from '../ui.tsx'
import { ListView } from './list-view.tsx'
import type { Initial } from './operation-form.tsx'
import { Method, OperationView } from './operation-view.tsx'

/** An operation that was looked at: its form and its answers stay. */
interface Visit {
  readonly api: string
  readonly id: string
  readonly initial?: Initial
  /** Counts steps from other operations, each of which begins anew. */
  readonly step: number
}

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
  /** What the address says after the section. */
  readonly route: readonly string[]
  readonly visible: boolean
  /** Counts changes of what callers say of themselves: lists are loaded again. */
  readonly caller: number
}

/** The APIs, their operations, and one of them. */
export function ApiSection({ apis = [], settings, problem, load, route, visible, caller }: Props) {
  const [visits, setVisits] = useState<readonly Visit[]>([])
  const all = apis.flatMap((api) => api.operations.map((operation) => ({ api, operation })))
  const last = useRef(route)
  if (route[0]) last.current = route
  const [name, id] = last.current.map(decodeURIComponent)
  const current =
    all.find(({ api, operation }) => api.name === name && operation.id === id) ??
    all.find(({ api }) => api.name === name) ??
    all[0]
  const isCurrent = ({ api, operation }: { api: Api; operation: Operation }) =>
    current?.api.name === api.name && current.operation.id === operation.id

  function go(api: Api, operation: Operation, initial?: Initial) {
    const visit = { api: api.name, id: operation.id, step: Date.now(), ...(initial && { initial }) }
    setVisits((before) => [...before.filter((each) => each.api !== visit.api || each.id !== visit.id), visit])
    location.hash = addressOf(api.name, operation.id)
  }

  const shown = all.filter(
    (each) => isCurrent(each) || visits.some(({ api, id }) => api === each.api.name && id === each.operation.id),
  )
  useEffect(() => {
    if (current && !visits.some(({ api, id }) => api === current.api.name && id === current.operation.id))
      setVisits([...visits, { api: current.api.name, id: current.operation.id, step: 0 }])
  }, [current])
  return (
    <div class="sided" hidden={!visible}>
      <nav aria-label={t('operations')} class="side">
        {apis.map((api) => (
          <section key={api.name}>
            <h2>{api.title}</h2>
            {api.description && <p class="muted small">{api.description.split('\n')[0]}</p>}
            <ul>
              {api.operations.map((operation) => (
                <li key={operation.id}>
                  <a
                    href={addressOf(api.name, operation.id)}
                    aria-current={isCurrent({ api, operation }) ? 'page' : undefined}
                    title={operation.path}
                  >
                    <Method method={operation.method} />
                    <span>{operation.summary}</span>
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
          onChange={({ currentTarget }) => {
            location.hash = currentTarget.value
          }}
        >
          {apis.map((api) => (
            <optgroup key={api.name} label={api.title}>
              {api.operations.map((operation) => (
                <option
                  key={operation.id}
                  value={addressOf(api.name, operation.id)}
                  selected={isCurrent({ api, operation })}
                >
                  {`${operation.method} · ${operation.summary}`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div class="content">
        {problem && <Problem action={<Button onClick={load}>{t('again')}</Button>}>{problem}</Problem>}
        {settings && apis.length === 0 && !problem && <p class="empty">{t('noApis')}</p>}
        {shown.map(({ api, operation }) => {
          const visit = visits.find((each) => each.api === api.name && each.id === operation.id)
          const props = { api, operation, remote: settings?.mode === 'remote' }
          const active = isCurrent({ api, operation })
          return (
            <div key={`${api.name} ${operation.id} ${visit?.step ?? 0}`} class="stack" hidden={!active}>
              {operation.list ? (
                <ListView {...props} visible={visible && active} caller={caller} />
              ) : (
                <OperationView
                  {...props}
                  {...(visit?.initial && { initial: visit.initial })}
                  onStep={(step, parameters) => go(api, step, { parameters })}
                />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
