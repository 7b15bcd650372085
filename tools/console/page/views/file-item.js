import { messageOf } from '../api.js'
import { fill, h, icon } from '../dom.js'
import { sizeOf, t } from '../i18n.js'
import { button, copy, countdown, dialog, field, iconButton, say } from '../ui.js'
import { changed, items, link, start } from '../uploads.js'

/** @import { Item } from '../uploads.js' */

const IMAGE = /\.(png|jpe?g|gif|webp|avif|svg|bmp|ico)$/i

/**
 * A row of the list: a file on its way, or one with its link. Only what changes is made anew, so that nothing jumps.
 * @param {Item} item
 * @param {(url: string) => void} explain
 */
export function fileItem(item, explain) {
  const { name, file } = item
  const picture = h('div', { class: 'picture' }, icon('file'))
  const title = h('p', { class: 'strong wrap', dir: 'auto' }, name)
  const about = h('p', { class: 'muted small' })
  const bar = h('progress', { max: Math.max(file?.size ?? 1, 1), 'aria-label': t('files.progress', { name }) })
  const below = h('div', { class: 'below' })
  const element = h(
    'li',
    {},
    picture,
    h('div', { class: 'grow' }, title, about, below),
    iconButton('close', t('files.remove', { name }), { onclick: remove }),
  )
  let drawn = ''
  let drawnUrl = ''

  function remove() {
    item.abort?.abort()
    items.splice(items.indexOf(item), 1)
    changed.dispatchEvent(new Event('items'))
  }

  function update() {
    title.textContent = item.name
    about.textContent = facts(item)
    bar.value = item.sent
    const stage = `${item.state} ${item.link?.until} ${item.error}`
    if (stage === drawn) return
    if (item.state === 'stored' && file && drawn.startsWith('sending')) say(t('files.stored', { name: item.name }))
    drawn = stage
    fill(below, ...contents())
    show()
  }

  function contents() {
    if (item.state === 'sending')
      return [
        h('div', { class: 'sending' }, bar, button(t('cancel'), { kind: 'quiet', onclick: () => item.abort?.abort() })),
      ]
    if (item.state === 'stored') return item.link ? linked(item.link) : [h('p', { class: 'muted small' }, t('loading'))]
    const again = button(t('retry'), { icon: 'replay', kind: 'quiet', onclick: () => start(item) })
    if (item.state === 'cancelled') return [h('div', { class: 'buttons start' }, again)]
    return [item.badName ? rename() : h('p', { class: 'error', role: 'alert' }, icon('warning'), item.error), again]
  }

  function rename() {
    const input = field(`rename-${item.id}`, t('files.name'), { value: item.name, dir: 'auto' })
    input.say(item.error ?? '')
    input.input.addEventListener('input', () => {
      item.name = input.input.value
    })
    return input.element
  }

  /** @param {{ url: string, until: number }} given */
  function linked({ url, until }) {
    const renew = button(t('files.newLink'), {
      icon: 'replay',
      kind: 'quiet',
      onclick: () => link(item).catch((error) => say(messageOf(error))),
    })
    const left = h('p', { class: 'left small' }, h('span', { class: 'muted' }, t('files.expiresIn')))
    const actions = h(
      'div',
      { class: 'buttons start' },
      button(t('files.copyLink'), { icon: 'copy', kind: 'quiet', onclick: () => copy(url, t('files.linkCopied')) }),
      h('a', { class: 'button quiet', href: url, download: '' }, icon('download'), h('span', {}, t('files.download'))),
      button(t('files.explain'), { icon: 'info', kind: 'quiet', onclick: () => explain(url) }),
    )
    const over = () => {
      fill(left, h('span', { class: 'error' }, t('files.expired')))
      fill(actions, renew)
    }
    left.append(countdown(until, over))
    return [actions, left]
  }

  /** What the link gives, not what was chosen: so it is seen to work. */
  function show() {
    const url = item.link?.url
    if (!url || url === drawnUrl || !(file?.type.startsWith('image/') || IMAGE.test(item.name))) return
    drawnUrl = url
    const image = h('img', { src: url, alt: '', width: 72, height: 72 })
    const opener = h('button', { type: 'button', class: 'bare', 'aria-label': t('files.preview', { name }) }, image)
    opener.addEventListener('click', () => enlarge(item.name, url))
    image.addEventListener('load', () => fill(picture, opener))
  }

  update()
  return { element, update }
}

/** @param {string} name @param {string} url */
function enlarge(name, url) {
  const box = dialog(
    name,
    [
      h('img', { src: url, alt: name, class: 'large' }),
      h('div', { class: 'buttons' }, button(t('close'), { autofocus: true, onclick: () => box.close() })),
    ],
    { class: 'wide' },
  )
}

/** @param {Item} item */
function facts({ file, way, state, sent }) {
  if (!file) return ''
  const through = t(way === 's3' ? 'files.throughS3' : 'files.throughApi')
  const size = sizeOf(file.size)
  if (state === 'sending') return `${t('files.sent', { sent: sizeOf(sent), size })} · ${through}`
  if (state === 'stored') return [size, file.type, through].filter(Boolean).join(' · ')
  return `${size} · ${t(state === 'cancelled' ? 'files.cancelled' : 'files.failed')}`
}
