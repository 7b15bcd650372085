import { fill, h, icon } from './dom.js'
import { feed } from './feed.js'
import { chooseLanguage, currentLanguage, t } from './i18n.js'
import { apis, settings } from './settings.js'
import { button } from './ui.js'
import { editAccess } from './views/access.js'
import { apiView } from './views/api.js'
import { filesView } from './views/files.js'
import { presignView } from './views/presign.js'
import { requestsView } from './views/requests.js'
import { usersView } from './views/users.js'

/** @typedef {{ element: HTMLElement, leave(): void }} View */

/** @type {Readonly<Record<string, (url?: string) => View>>} */
const VIEWS = {
  users: usersView,
  files: () => filesView(explain),
  presign: presignView,
  requests: requestsView,
  api: apiView,
}

/** @type {View | undefined} */
let view
const main = h('main', { id: 'main', tabindex: -1 })
const app = h('div', { class: 'app' })

/** The section that the address names. */
function current() {
  const name = location.hash.replace(/^#\/?/, '')
  return Object.hasOwn(VIEWS, name) ? name : 'users'
}

/** @param {string} [url] */
function open(url) {
  const name = current()
  view?.leave()
  view = VIEWS[name]?.(url)
  if (view) fill(main, view.element)
  for (const link of app.querySelectorAll('nav a')) {
    if (link.getAttribute('href') !== `#/${name}`) link.removeAttribute('aria-current')
    else {
      link.setAttribute('aria-current', 'page')
      // On a phone the sections do not all fit. scrollIntoView() would also move the place where Tab begins.
      link.parentElement?.scrollBy(
        link.getBoundingClientRect().left - link.parentElement.getBoundingClientRect().left,
        0,
      )
    }
  }
  document.title = `${t(/** @type {import('./i18n.js').TextKey} */ (`nav.${name}`))} · ${t('title')}`
}

/** @param {string} url */
function explain(url) {
  history.pushState(null, '', '#/presign')
  open(url)
  begin()
}

/** At the top of another section, for the eye and for the keyboard. */
function begin() {
  main.focus({ preventScroll: true })
  scrollTo(0, 0)
}

/** All of the page, anew for another language; what was typed stays. */
function draw() {
  const typed = [...main.querySelectorAll('input:not([type=file]), textarea')].map(
    (each) => /** @type {const} */ ([each.id, /** @type {HTMLInputElement} */ (each).value]),
  )
  document.documentElement.lang = currentLanguage()
  fill(app, h('a', { class: 'skip', href: '#main', onclick: skip }, t('skip')), header(), lostNotice(), main)
  open()
  for (const [id, value] of typed) {
    const input = id && document.getElementById(id)
    if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) input.value = value
  }
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault()
  main.focus()
}

function header() {
  return h(
    'header',
    { class: 'top' },
    h(
      'a',
      { class: 'brand', href: '#/users' },
      h('img', { src: '/.console/icon.svg', alt: '', width: 24, height: 24 }),
      'my_lambda',
    ),
    h(
      'nav',
      { 'aria-label': t('nav') },
      /** @type {const} */ (['users', 'files', 'presign', 'requests', 'api']).map((name) =>
        h('a', { href: `#/${name}` }, t(`nav.${name}`)),
      ),
    ),
    h(
      'div',
      { class: 'tools' },
      connection(),
      settings.access !== 'open' && button(t('access'), { icon: 'key', kind: 'quiet', onclick: editAccess }),
      languages(),
      themes(),
    ),
  )
}

function connection() {
  const where = settings.mode === 'local' ? t('status.local') : t('status.remote')
  return h(
    'span',
    { class: `connection ${feed.connected ? '' : 'lost'}`, role: 'status', title: new URL(apis.rds).host },
    h('span', { class: 'dot' }),
    feed.connected ? where : t('status.lost'),
  )
}

/** Room for it is taken only while it is there: nothing else tells that all on the page may be old. */
const lostNotice = () =>
  !feed.connected && settings.mode === 'local' && h('p', { class: 'notice', role: 'alert' }, icon('warning'), t('lost'))

function languages() {
  const choose = h(
    'select',
    {
      class: 'bare',
      'aria-label': t('language'),
      onchange() {
        chooseLanguage(choose.value === 'ko' ? 'ko' : 'en')
        draw()
        app.querySelector('select')?.focus()
      },
    },
    h('option', { value: 'en', lang: 'en', selected: currentLanguage() === 'en' }, 'English'),
    h('option', { value: 'ko', lang: 'ko', selected: currentLanguage() === 'ko' }, '한국어'),
  )
  return choose
}

function themes() {
  const kept = document.documentElement.dataset.theme ?? 'auto'
  const choose = h(
    'select',
    {
      class: 'bare',
      'aria-label': t('theme'),
      onchange() {
        if (choose.value === 'auto') {
          localStorage.removeItem('theme')
          delete document.documentElement.dataset.theme
        } else {
          localStorage.setItem('theme', choose.value)
          document.documentElement.dataset.theme = choose.value
        }
      },
    },
    /** @type {const} */ (['auto', 'light', 'dark']).map((each) =>
      h('option', { value: each, selected: each === kept }, t(`theme.${each}`)),
    ),
  )
  return h('label', { class: 'inline theme', title: t('theme') }, icon('colours'), choose)
}

feed.addEventListener('connection', () => {
  app.querySelector('.connection')?.replaceWith(connection())
  app.querySelector('.notice')?.remove()
  const notice = lostNotice()
  if (notice) main.before(notice)
})
window.addEventListener('hashchange', () => {
  open()
  begin()
})
document.body.prepend(app)
draw()
