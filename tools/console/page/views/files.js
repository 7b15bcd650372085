import { messageOf } from '../api.js'
import { fill, h, icon } from '../dom.js'
import { sizeOf, t, translated } from '../i18n.js'
import { settings } from '../settings.js'
import { button, empty, field, problem } from '../ui.js'
import { changed, items, lookUp, upload } from '../uploads.js'
import { fileItem } from './file-item.js'

/** @import { Item } from '../uploads.js' */

const state = { folder: '' }

/** The section of files. @param {(url: string) => void} explain Opens the explainer with a URL. */
export function filesView(explain) {
  const list = h('ul', { class: 'items', 'aria-label': t('files.list') })
  const none = empty(t('files.empty'), h('p', {}, t('files.emptyText')))
  /** @type {Map<string, ReturnType<typeof fileItem>>} */
  const shown = new Map()

  function show() {
    const known = items.map((item) => {
      const view = shown.get(item.id) ?? fileItem(item, explain)
      shown.set(item.id, view)
      return view.element
    })
    fill(list, known)
    none.hidden = known.length > 0
  }
  /** @param {Event} event */
  const update = (event) => {
    /** @type {Item} */
    const item = /** @type {CustomEvent} */ (event).detail
    shown.get(item.id)?.update()
  }
  changed.addEventListener('items', show)
  changed.addEventListener('item', update)
  show()
  return {
    element: h(
      'section',
      {},
      h(
        'header',
        { class: 'head' },
        h(
          'div',
          {},
          h('h1', {}, t('nav.files')),
          h('p', { class: 'lead' }, t('files.lead', { size: sizeOf(settings.maxDirectSize) })),
        ),
      ),
      h('div', { class: 'columns' }, dropZone(), finder()),
      h('h2', {}, t('files.list')),
      h('div', { class: 'panel' }, none, list),
    ),
    leave() {
      changed.removeEventListener('items', show)
      changed.removeEventListener('item', update)
    },
  }
}

function dropZone() {
  const input = h('input', {
    type: 'file',
    id: 'files',
    multiple: true,
    class: 'hidden',
    onchange() {
      take(input.files)
      // The same file may be chosen again.
      input.value = ''
    },
  })
  const folder = field('folder', t('files.folder'), { hint: t('files.folderHint'), value: state.folder, dir: 'auto' })
  folder.input.addEventListener('input', () => {
    state.folder = folder.input.value
  })
  /** @param {FileList | null | undefined} files */
  function take(files) {
    const folder = state.folder.trim().replace(/\/+$/, '')
    for (const file of files ?? []) upload(file, folder ? `${folder}/${file.name}` : file.name)
  }
  /** @param {DragEvent} event @param {boolean} over */
  const hover = (event, over) => {
    event.preventDefault()
    zone.classList.toggle('over', over)
  }
  const zone = h(
    'div',
    {
      class: 'drop',
      ondragover: (/** @type {DragEvent} */ event) => hover(event, true),
      ondragleave: (/** @type {DragEvent} */ event) => hover(event, false),
      ondrop(/** @type {DragEvent} */ event) {
        hover(event, false)
        take(event.dataTransfer?.files)
      },
    },
    icon('upload'),
    h('p', { class: 'strong' }, t('files.drop')),
    h('p', { class: 'muted' }, t('files.or')),
    input,
    h('label', { for: 'files', class: 'button primary' }, t('files.choose')),
  )
  return h('div', { class: 'stack' }, zone, folder.element)
}

function finder() {
  const name = field('filename', t('files.find'), { hint: t('files.findHint'), dir: 'auto' })
  const verify = h('input', { type: 'checkbox', checked: true })
  const failed = h('div')
  const form = h(
    'form',
    {
      class: 'stack card',
      novalidate: true,
      async onsubmit(/** @type {SubmitEvent} */ event) {
        event.preventDefault()
        fill(failed)
        name.say('')
        try {
          await lookUp(name.input.value, verify.checked)
          name.input.value = ''
        } catch (error) {
          const { errors = [], status } = /** @type {import('../api.js').CallError} */ (error)
          if (errors.length > 0 || status === 404) name.say(messageOfName(error))
          else fill(failed, problem(messageOf(error)))
          name.input.focus()
        }
      },
    },
    name.element,
    h('label', { class: 'inline' }, verify, h('span', {}, t('files.verify'))),
    failed,
    h('div', {}, button(t('files.getLink'), { type: 'submit', icon: 'link' })),
  )
  return form
}

/** @param {unknown} error */
const messageOfName = (error) => {
  const { errors } = /** @type {import('../api.js').CallError} */ (error)
  return errors[0] ? translated(errors[0].message) : messageOf(error)
}
