import { useState } from 'preact/hooks'
import { sizeOf, t } from '../i18n.ts'
import { Icon, IconButton } from '../ui.tsx'

interface DropZoneProps {
  /** Id of its label. */
  readonly labelledBy: string
  readonly files: readonly File[]
  onFiles(files: readonly File[]): void
}

/** Takes files that are dropped or chosen, and says which of them it cannot read, such as folders. */
export function DropZone({ labelledBy, files, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<readonly string[]>([])
  async function take(given: FileList | null | undefined) {
    const all = [...(given ?? [])]
    // A folder looks like a file, until somebody reads it.
    const read = await Promise.allSettled(all.map((file) => file.slice(0, 1).arrayBuffer()))
    const taken = all.filter((_, index) => read[index]?.status === 'fulfilled')
    setRefused(all.filter((file) => !taken.includes(file)).map(({ name }) => name))
    if (taken.length > 0) onFiles(taken)
  }
  const hover = (event: DragEvent, isOver: boolean) => {
    event.preventDefault()
    setOver(isOver)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can be chosen with the button, too
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => hover(event, true)}
      onDragLeave={(event) => hover(event, false)}
      onDrop={(event) => {
        hover(event, false)
        void take(event.dataTransfer?.files)
      }}
    >
      <Icon name="upload" />
      <p>{t('drop')}</p>
      <label class="button">
        {t('choose')}
        <input
          type="file"
          multiple
          class="hidden"
          aria-labelledby={labelledBy}
          onChange={({ currentTarget }) => {
            // The list is the input's own, and ends with its value.
            const chosen = currentTarget.files
            void take(chosen).then(() => {
              currentTarget.value = ''
            })
          }}
        />
      </label>
      {files.map((file) => (
        <p key={file.name} class="row">
          <span dir="auto">{file.name}</span>
          <span class="muted">{sizeOf(file.size)}</span>
          <IconButton
            icon="close"
            label={t('dropOf', { name: file.name })}
            onClick={() => onFiles(files.filter((each) => each !== file))}
          />
        </p>
      ))}
      {refused.length > 0 && (
        <p class="error" role="alert">
          <Icon name="warning" />
          <span>{t('unreadable', { names: refused.join(', ') })}</span>
        </p>
      )}
    </div>
  )
}
