// A script of its own, which runs before anything is drawn: a page that turns dark a moment later would flash.
try {
  const theme = localStorage.getItem('theme')
  if (theme) document.documentElement.dataset.theme = theme
} catch {
  // The browser keeps nothing for this page: it has the system's colours.
}
