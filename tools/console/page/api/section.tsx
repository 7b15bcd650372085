import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n.ts'
import { type Api, apiOf, type Document } from '../openapi.ts'
import { Inline, Method, Problem } from '../ui.tsx'
import { ListView } from './list-view.tsx'
import { OperationView } from './operation-view.tsx'

type Found = { readonly name: string; readonly apis: readonly Api[]; readonly problem: string }

/** Loads the project's name and API descriptions, and reloads them with each new `revision`, which is empty at first. */
export function useApis(revision: string): Found | undefined {
  const [found, setFound] = useState<Found>()
  useEffect(() => {
    async function load() {
      const response = await fetch('/.console/apis.json')
      const { name, apis, message }: { name: string; apis: Record<string, Document>; message?: string } =
        await response.json()
      if (message !== undefined) throw new Error(message)
      setFound({ name, apis: Object.entries(apis).map((each) => apiOf(...each)), problem: '' })
    }
    if (revision)
      load().catch(({ message }) => setFound((before) => ({ name: '', apis: [], ...before, problem: message })))
  }, [revision])
  return found
}

interface Props {
  readonly found: Found
  /** Fragment of the page's address. */
  readonly address: string
  readonly visible: boolean
  /** Whether the service was last seen running. */
  readonly connected: boolean
}

/** The list of APIs and operations, and the selected one. Visited operations keep their forms and responses. */
export function ApiSection({ found: { apis, problem }, address, visible, connected }: Props) {
  const visited = useRef(new Set<string>())
  const last = useRef('')
  if (address.startsWith('#/api/')) last.current = address
  const entries = apis.flatMap((api) =>
    api.operations.map((operation) => ({ api, operation, at: `#/api/${api.name}/${operation.id}` })),
  )
  const current = entries.find(({ at }) => at === last.current) ?? entries[0]
  if (current) visited.current.add(current.at)

  return (
    <div class="sided" hidden={!visible}>
      <nav aria-label={t('operations')} class="side">
        {apis.map((api) => (
          <section key={api.name}>
            <h2>{api.title}</h2>
            <p class="muted small">
              <Inline text={api.description} />
            </p>
            <ul class="unstyled">
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
      <div class="content">
        {problem && <Problem>{problem}</Problem>}
        {entries
          .filter(({ at }) => visited.current.has(at))
          .map(({ api, operation, at }) => {
            const shown = at === current?.at
            return (
              <div key={at} class="vstack" hidden={!shown}>
                {operation.list ? (
                  <ListView {...{ operation, others: api.operations }} visible={visible && connected && shown} />
                ) : (
                  <OperationView operation={operation} />
                )}
              </div>
            )
          })}
      </div>
    </div>
  )
}
